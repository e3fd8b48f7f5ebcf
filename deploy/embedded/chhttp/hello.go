package chhttp

import (
	"fmt"
	"strings"

	"github.com/ClickHouse/ch-go/proto"

	"tidemark/deploy/embedded/chdb"
)

// serverHello answers clickhouse-go's first query itself: the client reads all later blocks in the revision that is
// named here, and the engine, which writes Native in revision 0 only, would name its server's.
type serverHello struct{ name, version, timezone string }

const helloQuery = "SELECT displayName(), version(), revision(), timezone()"

func (s serverHello) asked(j *job) bool {
	return j.proto > 0 && strings.TrimSpace(j.statement.text) == helloQuery
}

func (s serverHello) answer(j *job, out *reply) error {
	var name, version, timezone proto.ColStr
	name.Append(s.name)
	version.Append(s.version)
	timezone.Append(s.timezone)
	var buf proto.Buffer
	block := proto.Block{Info: proto.BlockInfo{BucketNum: -1}, Columns: 4, Rows: 1}
	err := block.EncodeBlock(&buf, j.proto, proto.Input{
		{Name: "displayName()", Data: name}, {Name: "version()", Data: version},
		{Name: "revision()", Data: proto.ColUInt32{0}}, {Name: "timezone()", Data: timezone},
	})
	if err != nil {
		return fmt.Errorf("encode the server's name and version: %w", err)
	}
	if _, err := out.Write(buf.Buf); err != nil {
		return err
	}
	return out.finish(chdb.Result{Rows: 1})
}
