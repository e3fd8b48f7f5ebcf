package preview

func (p *panel) readReduce(r reader, at string, o *reduceJSON) {
	at += "/reduceOptions"
	p.options.all, p.options.limit = o.Values, int(o.Limit)
	if !o.Values && (len(o.Calcs) != 1 || calcs[o.Calcs[0]] == nil) {
		r.cannot(at+"/calcs", "%q is not one known calculation", o.Calcs)
		return
	}
	if !o.Values {
		p.options.calc = o.Calcs[0]
	}
	var err error
	if p.options.takes, err = takes(o.Fields); err != nil {
		r.cannot(at+"/fields", "%w", err)
	}
}

// takes reads which fields a reduction takes: the numbers, where nothing is said, or those whose names match.
func takes(fields string) (func(*field) bool, error) {
	if fields == "" {
		return func(f *field) bool { return f.kind == numberField || f.kind == boolField }, nil
	}
	re, err := grafanaRegexp(fields)
	return func(f *field) bool { return re.MatchString(f.name) || re.MatchString(f.seriesName()) }, err
}
