package kafka

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"strings"
)

// ports is what one node listens on; it keeps them over restarts, because clients remember them.
type ports struct{ client, controller int }

// freePorts asks the kernel for ports on loopback. Somebody else may take one before the node does; Start then tries
// again with others.
func freePorts(nodes int) ([]ports, error) {
	numbers := make([]int, 0, 2*nodes)
	for range 2 * nodes {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close() // all are held until the last is known, so that they differ
		numbers = append(numbers, listener.Addr().(*net.TCPAddr).Port)
	}
	all := make([]ports, nodes)
	for i := range all {
		all[i] = ports{client: numbers[2*i], controller: numbers[2*i+1]}
	}
	return all, nil
}

// writeConfig writes server.properties of node i (counted from 0) of a combined broker and controller.
func writeConfig(file, data string, all []ports, i int) error {
	voters := make([]string, len(all))
	for j, p := range all {
		voters[j] = fmt.Sprintf("%d@127.0.0.1:%d", j+1, p.controller)
	}
	replicas := min(3, len(all))
	lines := []string{
		"process.roles=broker,controller",
		fmt.Sprintf("node.id=%d", i+1),
		"controller.quorum.voters=" + strings.Join(voters, ","),
		fmt.Sprintf("listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d", all[i].client, all[i].controller),
		fmt.Sprintf("advertised.listeners=PLAINTEXT://127.0.0.1:%d", all[i].client),
		"controller.listener.names=CONTROLLER",
		"listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
		"log.dirs=" + data,
		"auto.create.topics.enable=false",
		"offsets.topic.num.partitions=4",
		fmt.Sprintf("offsets.topic.replication.factor=%d", replicas),
		fmt.Sprintf("default.replication.factor=%d", replicas),
		fmt.Sprintf("min.insync.replicas=%d", max(1, replicas-1)),
		fmt.Sprintf("transaction.state.log.replication.factor=%d", replicas),
		"transaction.state.log.min.isr=1",
		// A killed node may come back only when its old session has ended: 3 s instead of 9 s.
		"broker.session.timeout.ms=3000",
		"broker.heartbeat.interval.ms=500",
		// A killed member must be missed soon, or each kill would cost the default 45 s.
		"group.min.session.timeout.ms=1000",
		"group.initial.rebalance.delay.ms=0",
	}
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// newClusterID makes an id in the form that Kafka's storage tool wants: 16 random bytes, base64 without padding.
func newClusterID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	raw[0] &= 0x7f           // a leading "-" would look like an option
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
