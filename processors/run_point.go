package processors

// Point names a place on the way of records through Run at which a crash test may end the process.
type Point string

// The points, in the order in which a batch of records passes them. PointSent and PointAnswered lie inside the sink, so
// whoever gives Run its sink reports them.
const (
	PointPolled    Point = "polled"    // records have come from Kafka, no task has seen them
	PointApplied   Point = "applied"   // a task has counted them, nothing is stored
	PointBefore    Point = "before"    // rows were taken out of the tasks, nothing is sent
	PointSent      Point = "sent"      // an insert is on its way, what becomes of it is open
	PointAnswered  Point = "answered"  // the store has done the insert, its answer is not read yet
	PointAcked     Point = "acked"     // all rows are stored, watermarks and positions are not
	PointCommitted Point = "committed" // the positions are committed
)

// Points lists the points in order.
func Points() []Point {
	return []Point{PointPolled, PointApplied, PointBefore, PointSent, PointAnswered, PointAcked, PointCommitted}
}
