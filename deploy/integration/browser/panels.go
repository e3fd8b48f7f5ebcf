package browser

// Panel is what a panel says of itself in the page.
type Panel struct {
	ID    string `json:"id"`
	Type  string `json:"type"`
	State string `json:"state"` // loading, drawn, empty, error
	Text  string `json:"text"`  // everything written in it
}

// Panels lists the panels of the page, in order.
func (p *Page) Panels() ([]Panel, error) {
	return Eval[[]Panel](p, `() => [...document.querySelectorAll("section.panel")].map(s => ({
		id: s.dataset.panel ?? "", type: s.dataset.type ?? "", state: s.dataset.state ?? "", text: s.innerText}))`)
}

// Blank lists the panels with a canvas on which nothing is painted, or all of it in one colour.
func (p *Page) Blank() ([]string, error) {
	return Eval[[]string](p, `() => [...document.querySelectorAll("section.panel canvas")].filter(c => {
		if (!c.width || !c.height) return true;
		const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", {willReadFrequently: true});
		copy.drawImage(c, 0, 0);
		const dots = new Uint32Array(copy.getImageData(0, 0, c.width, c.height).data.buffer);
		return dots.every(d => d === dots[0]);
	}).map(c => c.closest("section.panel").dataset.panel)`)
}

// Overflowing lists what sticks out of the page to the right, so that people would have to scroll sideways; nothing
// where the page fits.
func (p *Page) Overflowing() ([]string, error) {
	return Eval[[]string](p, `() => {
		const root = document.documentElement, out = [];
		if (root.scrollWidth <= root.clientWidth) return out;
		const held = e => e !== document.body && (getComputedStyle(e).overflowX !== "visible" || held(e.parentElement));
		for (const e of document.body.querySelectorAll("*")) {
			const box = e.getBoundingClientRect();
			if (box.width > 0 && box.right > root.clientWidth + 1 && e.checkVisibility() && !held(e.parentElement))
				out.push(e.tagName + "." + (e.getAttribute("class") ?? "") + " reaches " + Math.round(box.right) + " of " + root.clientWidth);
		}
		return out.length ? out.slice(0, 20) : ["the page is " + root.scrollWidth + " wide and shows " + root.clientWidth];
	}`)
}

// Cut lists texts that do not fit: cut off by their box, running out of their panel, or lying on one another.
func (p *Page) Cut() ([]string, error) {
	return Eval[[]string](p, `() => {
		const out = [];
		const say = (what, e) => out.push(what + " " + e.tagName + "." + (e.getAttribute("class") ?? "") + ": " + e.innerText.slice(0, 60));
		const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() !== "");
		const scrolls = (e, top) => e !== top && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement, top));
		const written = top => [...top.querySelectorAll("*")].filter(e => e instanceof HTMLElement && own(e) && e.checkVisibility() && e.getBoundingClientRect().width > 1);
		for (const e of written(document.body))
			if (!/visible|auto|scroll/.test(getComputedStyle(e).overflowX) && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1) say("cut", e);
		for (const panel of document.querySelectorAll("section.panel")) {
			const edge = panel.getBoundingClientRect().right, texts = written(panel).filter(e => !scrolls(e, panel));
			for (const e of texts) if (e.getBoundingClientRect().right > edge + 1) say("runs out of its panel", e);
			texts.forEach((e, i) => {
				const a = e.getBoundingClientRect();
				for (const other of texts.slice(i + 1)) {
					const b = other.getBoundingClientRect();
					const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
					if (w > 1 && h > 1 && !e.contains(other) && w * h > 0.2 * Math.min(a.width * a.height, b.width * b.height)) say("lies on " + JSON.stringify(e.innerText.slice(0, 20)), other);
				}
			});
		}
		return out.slice(0, 20);
	}`)
}
