package schemas

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-yaml"
)

// Shops is shops.yaml as it stood at one moment. It never changes, so any number of goroutines may read it.
type Shops struct {
	shops []*Shop
	byID  map[string]*Shop
	byKey map[Secret]owned
}

type owned struct {
	shop *Shop
	key  *Key
}

// LoadShops reads a shops file. The error lists everything that is wrong in it, each with file, shop, field and what to
// do, and shows no key.
func LoadShops(path string) (*Shops, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("shops file: %w; name an existing file", err)
	}
	return parseShops(path, raw)
}

// shopsFile is the form of a shops file.
type shopsFile struct {
	Identity []IdentityKey `yaml:"identity_keys"`
	Rates    string        `yaml:"rates"` // a CSV of exchange rates, beside the shops file
	Shops    []*Shop       `yaml:"shops"`
}

// parseShops reads the content of a shops file; path is for the errors only.
func parseShops(path string, raw []byte) (*Shops, error) {
	var file shopsFile
	dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, withoutText(err))
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second YAML document; write all shops under one key shops", path)
	}
	errs := checkIdentity(path, file.Identity, file.Shops)
	if file.Rates != "" {
		errs = append(errs, loadRates(ratesPath(path, file.Rates), file.Shops))
	}
	if err := errors.Join(append(errs, checkShops(path, file.Shops))...); err != nil {
		return nil, err
	}
	s := &Shops{shops: file.Shops, byID: map[string]*Shop{}, byKey: map[Secret]owned{}}
	for _, shop := range s.shops {
		s.byID[shop.ID] = shop
		for i := range shop.Keys {
			s.byKey[shop.Keys[i].Key] = owned{shop: shop, key: &shop.Keys[i]}
		}
	}
	return s, nil
}

// withoutText reduces an error of the YAML library, which quotes the lines around a mistake, keys included, to its place.
func withoutText(err error) error {
	what := "not readable as YAML; look for brackets, indentation and fields given twice"
	var unknown *yaml.UnknownFieldError
	var wrong *yaml.TypeError
	var node *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, &unknown):
		what = "unknown field; remove it or correct its name"
	case errors.As(err, &wrong), errors.As(err, &node):
		what = "value of a wrong type"
	}
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		at := located.GetToken().Position
		return fmt.Errorf("line %d, column %d: %s", at.Line, at.Column, what)
	}
	return errors.New(what)
}

// All lists the shops in the order of the file.
func (s *Shops) All() []*Shop { return append([]*Shop(nil), s.shops...) }

// Pseudonyms says whether there are keys for pseudonyms of direct identifiers.
func (s *Shops) Pseudonyms() bool { return len(s.shops[0].identity) > 0 }

// ByID returns the shop with that id.
func (s *Shops) ByID(id string) (*Shop, bool) {
	shop, ok := s.byID[id]
	return shop, ok
}

// ByKey returns the key with that text and the shop that it writes for.
func (s *Shops) ByKey(text string) (*Shop, *Key, bool) {
	o, ok := s.byKey[Secret(text)]
	return o.shop, o.key, ok
}
