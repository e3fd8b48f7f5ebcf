package clickhouse

import (
	"errors"
	"net/http"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
)

// class says what a failure asks for.
type class string

const (
	retryable class = "retryable" // the same rows may be accepted later
	permanent class = "permanent" // somebody must change something first
	unknown   class = "unknown"   // a code that the table below does not know; handled as retryable and counted apart
)

// rule is one ClickHouse error code. For a permanent one, why says what to do.
type rule struct {
	code  int32
	class class
	name  string
	why   string
}

const (
	runApply  = "run `tidemark apply` against this server"
	fixLogin  = "correct user and password in the ClickHouse DSN"
	fixRights = "give the user INSERT and SELECT on the database"
	fixLimits = "raise the limit in the user's settings profile"
	reportBug = "the rows cannot be stored as they are: report this as a bug of the program"
)

// rules is the one place that decides whether an insert is repeated. It is never changed.
var rules = [...]rule{
	{3, retryable, "UNEXPECTED_END_OF_FILE", "the connection broke while the server read the block"},
	{32, retryable, "ATTEMPT_TO_READ_AFTER_EOF", "the connection broke while the server read the block"},
	{33, retryable, "CANNOT_READ_ALL_DATA", "the connection broke while the server read the block"},
	{74, retryable, "CANNOT_READ_FROM_FILE_DESCRIPTOR", "an I/O error of the server's disk or pipe"},
	{75, retryable, "CANNOT_WRITE_TO_FILE_DESCRIPTOR", "an I/O error of the server's disk, often a full one"},
	{159, retryable, "TIMEOUT_EXCEEDED", "a slow moment; the rows may or may not be stored"},
	{160, retryable, "TOO_SLOW", "a slow moment"},
	{198, retryable, "DNS_ERROR", "the server could not resolve a replica; names come back"},
	{201, retryable, "QUOTA_EXCEEDED", "quotas refill by the clock"},
	{202, retryable, "TOO_MANY_SIMULTANEOUS_QUERIES", "others are ahead in the queue"},
	{203, retryable, "NO_FREE_CONNECTION", "the server's pool of connections is used up for now"},
	{209, retryable, "SOCKET_TIMEOUT", "network between server and client or replica"},
	{210, retryable, "NETWORK_ERROR", "network between server and client or replica"},
	{225, retryable, "NO_ZOOKEEPER", "the server has lost Keeper for now"},
	{236, retryable, "ABORTED", "the server is shutting down"},
	{241, retryable, "MEMORY_LIMIT_EXCEEDED", "memory is freed when other queries end"},
	{242, retryable, "TABLE_IS_READ_ONLY", "the replica lost its Keeper session; it reconnects by itself"},
	{243, retryable, "NOT_ENOUGH_SPACE", "the disk is full; merges, TTL or an operator free it"},
	{252, retryable, "TOO_MANY_PARTS", "merges fall behind; waiting is the cure"},
	{279, retryable, "ALL_CONNECTION_TRIES_FAILED", "no replica of a distributed table answers for now"},
	{285, retryable, "TOO_FEW_LIVE_REPLICAS", "the quorum is not there for now"},
	{286, retryable, "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", "the previous insert still waits for its quorum"},
	{289, retryable, "REPLICA_IS_NOT_IN_QUORUM", "the replica is catching up"},
	{319, retryable, "UNKNOWN_STATUS_OF_INSERT", "stored or not, upserts may be sent again"},
	{341, retryable, "UNFINISHED", "the server gave up waiting for other replicas"},
	{373, retryable, "SESSION_IS_LOCKED", "a former request of the session is still running"},
	{394, retryable, "QUERY_WAS_CANCELLED", "somebody killed the query or the server stops"},
	{425, retryable, "SYSTEM_ERROR", "an error of the server's operating system"},
	{439, retryable, "CANNOT_SCHEDULE_TASK", "no thread is free for now"},
	{499, retryable, "S3_ERROR", "the object store behind the table fails for now"},
	{745, retryable, "SERVER_OVERLOADED", "the server sheds load"},
	{999, retryable, "KEEPER_EXCEPTION", "Keeper has lost its leader or the session"},

	{16, permanent, "NO_SUCH_COLUMN_IN_TABLE", runApply},
	{20, permanent, "NUMBER_OF_COLUMNS_DOESNT_MATCH", runApply},
	{47, permanent, "UNKNOWN_IDENTIFIER", runApply},
	{53, permanent, "TYPE_MISMATCH", runApply},
	{60, permanent, "UNKNOWN_TABLE", runApply},
	{70, permanent, "CANNOT_CONVERT_TYPE", runApply},
	{81, permanent, "UNKNOWN_DATABASE", runApply},
	{36, permanent, "BAD_ARGUMENTS", reportBug},
	{43, permanent, "ILLEGAL_TYPE_OF_ARGUMENT", reportBug},
	{44, permanent, "ILLEGAL_COLUMN", reportBug},
	{46, permanent, "UNKNOWN_FUNCTION", "use ClickHouse 25.8 or newer"},
	{48, permanent, "NOT_IMPLEMENTED", "use ClickHouse 25.8 or newer"},
	{50, permanent, "UNKNOWN_TYPE", "use ClickHouse 25.8 or newer"},
	{62, permanent, "SYNTAX_ERROR", reportBug},
	{69, permanent, "ARGUMENT_OUT_OF_BOUND", reportBug},
	{115, permanent, "UNKNOWN_SETTING", "use ClickHouse 25.8 or newer and correct the settings in the DSN"},
	{117, permanent, "INCORRECT_DATA", reportBug},
	{131, permanent, "TOO_LARGE_STRING_SIZE", reportBug},
	{349, permanent, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN", reportBug},
	{407, permanent, "DECIMAL_OVERFLOW", reportBug},
	{164, permanent, "READONLY", "use a user whose profile is not readonly"},
	{192, permanent, "UNKNOWN_USER", fixLogin},
	{193, permanent, "WRONG_PASSWORD", fixLogin},
	{194, permanent, "REQUIRED_PASSWORD", fixLogin},
	{195, permanent, "IP_ADDRESS_NOT_ALLOWED", "allow this host in the user's host list"},
	{291, permanent, "DATABASE_ACCESS_DENIED", fixRights},
	{452, permanent, "SETTING_CONSTRAINT_VIOLATION", fixLimits},
	{497, permanent, "ACCESS_DENIED", fixRights},
	{516, permanent, "AUTHENTICATION_FAILED", fixLogin},
}

// classify says what an error of clickhouse-go asks for, and what to do about a permanent one. Whatever is no answer
// of a ClickHouse server (refused connection, time-out, end of file, an answer of some proxy) may be repeated.
func classify(err error) (class, string) {
	var exception *ch.Exception
	if errors.As(err, &exception) {
		for _, r := range rules {
			if r.code == exception.Code {
				return r.class, r.why
			}
		}
		return unknown, ""
	}
	var local *localError
	var unsupported *column.UnsupportedColumnTypeError
	if errors.As(err, &local) || errors.As(err, &unsupported) {
		return permanent, reportBug
	}
	var answer *ch.HTTPError
	if errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			return permanent, fixLogin
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return permanent, "check that the DSN names ClickHouse's HTTP port"
		}
	}
	return retryable, ""
}
