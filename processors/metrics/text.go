package metrics

import "tidemark/processors"

// text is a label in both languages.
func text(en, zh string) processors.Text { return processors.Text{EN: en, ZH: zh} }
