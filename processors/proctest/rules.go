package proctest

// Rule is a rule of exactness that the oracle can be told to break. The engine must then disagree with it, which
// proves that the simulated logs reach the rule.
type Rule int

// The rules, each named after what goes wrong.
const (
	NoneBroken               Rule = iota
	LateTestAhead                 // an event is judged by the M of the record behind it, as if M were taken per batch
	EventTimeUncapped             // a client's clock in 2099 closes everybody's windows
	HeartbeatsIgnored             // idle partitions stand still
	UnreadableMovesM              // a record without a readable time moves M by its append time
	NothingIsDuplicate            // copies count
	EndlessHorizon                // copies beyond the horizon do not count
	HorizonNotRefreshed           // a sighting of a copy does not extend the memory
	WatermarkInclusive            // a window is closed only after the watermark has passed its end
	OtherByName                   // the alphabet decides which tuples count under "(other)"
	OtherUnbounded                // no tuple counts under "(other)"
	LastByArrival                 // the last value is the one that arrived last
	SessionsByArrival             // sessions fold in the order of arrival
	SessionsUncapped              // neither span nor number of events cuts
	JoinedEventsOpen              // events of a server open and extend sessions
	GapExclusive                  // an event exactly a gap later opens a new session
	SessionsLateInclusive         // an event exactly at the watermark is late
	CutWithoutSpan                // sessions that are new in a partition count though they may have begun before
	SessionsByEnd                 // sessions are counted in the order of their last events, whenever their end was certain
	CopiesBeyondHorizon           // a recompute counts copies beyond the horizon
	LatenessKept                  // a recompute refuses late events
	AccountsByEventTime           // an event's account is that of its own time
	AccountsLateOnce              // an event that is late for one of its windows is late, though it counts in another
	AccountsIgnoreCuts            // what only cut windows would hold counts
	AccountsOfPartialMinutes      // the minute in which a log without its beginning begins has an account
)
