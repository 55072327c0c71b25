package sim

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/rivo/uniseg"
)

// LINE's documented limits. Labels and displayed texts count in graphemes,
// other texts in UTF-16 units, sizes in bytes of JSON.
const (
	maxTextUnits   = 5000
	maxAltUnits    = 1500
	maxBubble      = 30 << 10
	maxCarousel    = 50 << 10
	maxBubbles     = 12
	maxFlexLabel   = 40
	maxSmallLabel  = 20
	maxData        = 300
	maxURI         = 1000
	maxQuickReply  = 13
	maxFlexNesting = 10
)

// problem is one error as LINE words it.
type problem struct {
	Message  string `json:"message"`
	Property string `json:"property"`
}

type problems []problem

func (p *problems) add(property, message string) {
	if len(*p) < 20 {
		*p = append(*p, problem{message, property})
	}
}

// units counts in UTF-16.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

func (p *problems) text(at string, v any, most int, count func(string) int) {
	s, ok := v.(string)
	switch {
	case !ok || s == "":
		p.add(at, "must be specified")
	case count(s) > most:
		p.add(at, fmt.Sprintf("Length must be between 0 and %d", most))
	}
}

func (p *problems) oneOf(at string, v any, allowed ...string) {
	if s, ok := v.(string); v != nil && (!ok || !slices.Contains(allowed, s)) {
		p.add(at, "must be one of "+strings.Join(allowed, ", "))
	}
}

func (p *problems) message(at string, raw json.RawMessage) {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil || m == nil {
		p.add(at, "must be an object")
		return
	}
	switch m["type"] {
	case "text":
		p.text(at+".text", m["text"], maxTextUnits, units)
	case "flex":
		p.text(at+".altText", m["altText"], maxAltUnits, units)
		var flex struct{ Contents json.RawMessage }
		_ = json.Unmarshal(raw, &flex)
		p.container(at+".contents", m["contents"], flex.Contents)
	default:
		p.add(at+".type", "must be text or flex here")
	}
	if m["quickReply"] == nil {
		return
	}
	reply, _ := m["quickReply"].(map[string]any)
	items, _ := reply["items"].([]any)
	if len(items) == 0 || len(items) > maxQuickReply {
		p.add(at+".quickReply.items", "Size must be between 1 and 13")
	}
	for i, it := range items {
		item, _ := it.(map[string]any)
		here := fmt.Sprintf("%s.quickReply.items[%d]", at, i)
		if item["type"] != "action" {
			p.add(here+".type", "must be action")
		}
		p.action(here+".action", item["action"], maxSmallLabel)
	}
}

func (p *problems) container(at string, v any, raw json.RawMessage) {
	c, _ := v.(map[string]any)
	switch c["type"] {
	case "bubble":
		p.bubble(at, c, len(raw))
	case "carousel":
		var parts struct{ Contents []json.RawMessage }
		_ = json.Unmarshal(raw, &parts)
		list, _ := c["contents"].([]any)
		if len(list) == 0 || len(list) > maxBubbles || len(raw) > maxCarousel {
			p.add(at, "a carousel has 1 to 12 bubbles and 50 KB")
		}
		for i, b := range list {
			bubble, _ := b.(map[string]any)
			if bubble["type"] != "bubble" {
				p.add(fmt.Sprintf("%s.contents[%d]", at, i), "must be a bubble")
				continue
			}
			p.bubble(fmt.Sprintf("%s.contents[%d]", at, i), bubble, len(parts.Contents[i]))
		}
	default:
		p.add(at+".type", "must be bubble or carousel")
	}
}

func (p *problems) bubble(at string, b map[string]any, size int) {
	if size > maxBubble {
		p.add(at, "a bubble has at most 30 KB")
	}
	p.oneOf(at+".size", b["size"], "nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
	for _, block := range []string{"header", "body", "footer"} {
		if b[block] == nil {
			continue
		}
		if box, _ := b[block].(map[string]any); box["type"] != "box" {
			p.add(at+"."+block, "must be a box")
			continue
		}
		p.component(at+"."+block, b[block], "", 0)
	}
	if b["hero"] != nil {
		p.component(at+".hero", b["hero"], "", 0)
	}
}

var (
	isColour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$`)
	isLength = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?px|none|xs|sm|md|lg|xl|xxl)$`)
	isSize   = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(px|%)|xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full)$`)
)

// component checks a Flex component inside a box of the given layout.
func (p *problems) component(at string, v any, layout string, depth int) {
	c, ok := v.(map[string]any)
	if !ok || depth > maxFlexNesting {
		p.add(at, "must be a component")
		return
	}
	for name, form := range map[string]*regexp.Regexp{"color": isColour, "backgroundColor": isColour, "borderColor": isColour,
		"margin": isLength, "spacing": isLength, "size": isSize} {
		if s, ok := c[name].(string); c[name] != nil && (!ok || !form.MatchString(s)) {
			p.add(at+"."+name, "invalid property")
		}
	}
	if n, ok := c["flex"].(float64); c["flex"] != nil && (!ok || n < 0) {
		p.add(at+".flex", "must not be negative")
	}
	kind, _ := c["type"].(string)
	if layout == "baseline" && !slices.Contains([]string{"text", "icon", "filler", "span"}, kind) {
		p.add(at+".type", "not allowed in a baseline box")
	}
	if c["action"] != nil && kind != "button" {
		p.action(at+".action", c["action"], maxFlexLabel)
	}
	switch kind {
	case "box":
		inner, _ := c["layout"].(string)
		p.oneOf(at+".layout", c["layout"], "horizontal", "vertical", "baseline")
		list, ok := c["contents"].([]any)
		if !ok || inner == "" {
			p.add(at+".contents", "a box needs a layout and contents")
		}
		for i, x := range list {
			p.component(fmt.Sprintf("%s.contents[%d]", at, i), x, inner, depth+1)
		}
	case "text":
		if spans, ok := c["contents"].([]any); ok && len(spans) > 0 {
			for i, x := range spans {
				p.component(fmt.Sprintf("%s.contents[%d]", at, i), x, "", depth+1)
			}
			break
		}
		if s, ok := c["text"].(string); !ok || s == "" {
			p.add(at+".text", "must be specified")
		}
		p.oneOf(at+".weight", c["weight"], "regular", "bold")
	case "span":
		p.text(at+".text", c["text"], maxTextUnits, units)
	case "button":
		p.oneOf(at+".style", c["style"], "primary", "secondary", "link")
		p.oneOf(at+".height", c["height"], "sm", "md")
		p.action(at+".action", c["action"], maxFlexLabel)
	case "image", "icon":
		if u, _ := c["url"].(string); !strings.HasPrefix(u, "https://") || len(u) > 2000 {
			p.add(at+".url", "must be an https URL")
		}
	case "separator", "filler":
	default:
		p.add(at+".type", "unknown component")
	}
}

// action checks an action whose label may have so many graphemes.
func (p *problems) action(at string, v any, label int) {
	a, _ := v.(map[string]any)
	p.text(at+".label", a["label"], label, uniseg.GraphemeClusterCount)
	switch a["type"] {
	case "postback":
		p.text(at+".data", a["data"], maxData, units)
		if a["displayText"] != nil {
			p.text(at+".displayText", a["displayText"], maxData, uniseg.GraphemeClusterCount)
		}
	case "message":
		p.text(at+".text", a["text"], maxData, uniseg.GraphemeClusterCount)
	case "uri":
		s, _ := a["uri"].(string)
		u, err := url.Parse(s)
		if err != nil || units(s) > maxURI || !slices.Contains([]string{"http", "https", "line", "tel"}, u.Scheme) {
			p.add(at+".uri", "invalid uri scheme")
		}
	case "datetimepicker":
		p.text(at+".data", a["data"], maxData, units)
		p.oneOf(at+".mode", a["mode"], "date", "time", "datetime")
	default:
		p.add(at+".type", "must be postback, message, uri or datetimepicker")
	}
}
