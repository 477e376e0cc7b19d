package tm

import "testing"

func TestBranchID(t *testing.T) {
	for _, id := range []branchID{{}, {3, 17, 0x7fffffff, 11}, {255, 1<<23 - 1, 1, 4095}} {
		text := string(id.appendTo(nil))
		if got, ok := parseBranchID(text); !ok || got != id {
			t.Errorf("%v is read back as %v, %v", id, got, ok)
		}
		if shard, ok := ShardOf(text); !ok || shard != int(id.shard) {
			t.Errorf("%s: shard %d, %v", text, shard, ok)
		}
	}
	for _, foreign := range []string{
		"", "z9hG4bK", "z9hG4bK-1", "z9hG4bK1.2.3", "z9hG4bK1.2.3.", "z9hG4bK1.2.3.4.5", "z9hG4bK1.2.3.4x", "z9hG4bK1.2..4",
		"z9hG4bKA.2.3.4", "z9hG4bK123456789.2.3.4", "1.2.3.4", "z9hG4bKsl12ab",
	} {
		if id, ok := parseBranchID(foreign); ok {
			t.Errorf("%q is read as %v", foreign, id)
		}
	}
}

func FuzzBranchID(f *testing.F) {
	f.Add("z9hG4bK3.11.7fffffff.b")
	f.Add("z9hG4bK-alice-1")
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := parseBranchID(text)
		if !ok {
			return
		}
		if again, ok := parseBranchID(string(id.appendTo(nil))); !ok || again != id {
			t.Errorf("%q is %v, written and read %v", text, id, again)
		}
	})
}

func TestIDNamesItsShard(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("MESSAGE", "x")
	w.table.New(m)
	id := Of(m).ID()
	if id.Shard() != 3 || w.table.Find(id) != Of(m) || w.table.Find(ID{id.Index, id.Label + 1}) != nil || w.table.Find(ID{id.Index + 1, id.Label}) != nil {
		t.Error(id)
	}
}
