package tm

import (
	"strconv"
	"testing"
)

// TestFinishedRequestsAreFew: after a burst of our own requests not more than a bound of them stay, and none for ever.
func TestFinishedRequestsAreFew(t *testing.T) {
	w := newWorld(t, nil)
	for i := range maxFinished + 10 {
		_, err := w.table.Start(&LocalRequest{
			Method: "MESSAGE", URI: "sip:bob@10.0.0.2", CallID: "burst" + strconv.Itoa(i), Headers: "From: <sip:robot@x>\r\nTo: <sip:bob@x>\r\n",
		})
		if err != nil {
			t.Fatal(err)
		}
		w.reply("bob", w.last("bob MESSAGE"), 200)
		w.take()
	}
	if n := w.table.env.Stats.Current.Load(); n != maxFinished {
		t.Errorf("%d transactions stay, want %d", n, maxFinished)
	}
	w.empty()
	if n := len(w.table.finished.list); n != 0 {
		t.Errorf("%d are remembered", n)
	}
}
