package line

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/message"
)

// RichMenu is the menu under a chat: a picture with areas to tap.
type RichMenu struct {
	Name          string // for the operator, at most 300 characters
	Bar           string // on the bar that opens it, at most 14 characters
	Width, Height int    // of the picture, in pixels: 800 to 2500 wide, at least 250 high
	Areas         []RichArea
}

// RichArea is a rectangle of the picture that does what a button does.
type RichArea struct {
	X, Y, Width, Height int
	Action              message.Button
}

// LINE's limits for menus.
const (
	maxBar   = 14
	maxAreas = 20
	maxImage = 1 << 20 // bytes
)

// menuID tells whether s has LINE's form of one, as far as a path needs it.
func menuID(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

var errMenuID = errors.New("line: not a rich menu id")

// CreateRichMenu registers a menu and returns its id. It shows nowhere before
// it has an image. LINE keeps 1,000 menus and takes 100 new ones an hour.
func (c *Client) CreateRichMenu(ctx context.Context, m RichMenu) (string, error) {
	if len(m.Areas) == 0 || len(m.Areas) > maxAreas {
		return "", fmt.Errorf("line: a rich menu has 1 to %d areas", maxAreas)
	}
	req := &messaging_api.RichMenuRequest{
		Size:     &messaging_api.RichMenuSize{Width: int64(m.Width), Height: int64(m.Height)},
		Selected: true, Name: cut(m.Name, maxTitle), ChatBarText: cut(m.Bar, maxBar),
	}
	for _, a := range m.Areas {
		req.Areas = append(req.Areas, messaging_api.RichMenuArea{
			Bounds: &messaging_api.RichMenuBounds{X: int64(a.X), Y: int64(a.Y), Width: int64(a.Width), Height: int64(a.Height)},
			Action: action(a.Action, maxQuick),
		})
	}
	var got *messaging_api.RichMenuIdResponse
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.CreateRichMenuWithHttpInfo(req)
		return res, err
	})
	if err := good(res, err); err != nil {
		return "", err
	}
	if got == nil || !menuID(got.RichMenuId) {
		return "", errUnreadable
	}
	return got.RichMenuId, nil
}

// NamedMenu is a menu that LINE has.
type NamedMenu struct{ ID, Name string }

// RichMenus lists the menus that were made over the API.
func (c *Client) RichMenus(ctx context.Context) ([]NamedMenu, error) {
	var got *messaging_api.RichMenuListResponse
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.GetRichMenuListWithHttpInfo()
		return res, err
	})
	if err := good(res, err); err != nil {
		return nil, err
	}
	if got == nil {
		return nil, errUnreadable
	}
	var out []NamedMenu
	for _, m := range got.Richmenus {
		out = append(out, NamedMenu{m.RichMenuId, m.Name})
	}
	return out, nil
}

// SetRichMenuImage gives a menu its picture, once: a PNG or JPEG of the
// menu's size and at most 1 MB.
func (c *Client) SetRichMenuImage(ctx context.Context, menu string, image []byte) error {
	kind := http.DetectContentType(image)
	switch {
	case !menuID(menu):
		return errMenuID
	case kind != "image/png" && kind != "image/jpeg" || len(image) > maxImage:
		return fmt.Errorf("line: a rich menu's image is a PNG or JPEG of at most %d MiB", maxImage>>20)
	}
	res, _, err := c.withToken(ctx, func(token string) (*http.Response, error) {
		api, err := messaging_api.NewMessagingApiBlobAPI(token,
			messaging_api.WithBlobEndpoint(c.DataEndpoint), messaging_api.WithBlobHTTPClient(c.HTTP))
		if err != nil {
			return nil, errEndpoint
		}
		res, _, err := api.WithContext(ctx).SetRichMenuImageWithHttpInfo(menu, kind, bytes.NewReader(image))
		return res, err
	})
	return good(res, err)
}

// SetDefaultRichMenu shows a menu to everybody who has none of their own.
func (c *Client) SetDefaultRichMenu(ctx context.Context, menu string) error {
	return c.menu(ctx, "", menu, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.SetDefaultRichMenuWithHttpInfo(menu)
	})
}

// DeleteRichMenu removes a menu from LINE and from everybody who sees it.
func (c *Client) DeleteRichMenu(ctx context.Context, menu string) error {
	return c.menu(ctx, "", menu, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.DeleteRichMenuWithHttpInfo(menu)
	})
}

// LinkRichMenu shows a menu to one user, at once and before the default. LINE
// answers the same for a user who is no friend, and shows them nothing.
func (c *Client) LinkRichMenu(ctx context.Context, user, menu string) error {
	return c.menu(ctx, user, menu, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.LinkRichMenuIdToUserWithHttpInfo(user, menu)
	})
}

// UnlinkRichMenu shows a user the default menu again.
func (c *Client) UnlinkRichMenu(ctx context.Context, user string) error {
	return c.menu(ctx, user, "", func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.UnlinkRichMenuIdFromUserWithHttpInfo(user)
	})
}

// menu makes one call about a menu, a user or both; the SDK puts the ids into
// the path as they are.
func (c *Client) menu(ctx context.Context, user, menu string, call func(*messaging_api.MessagingApiAPI) (*http.Response, struct{}, error)) error {
	if user != "" && !userID(user) {
		return ErrNoProfile
	}
	if menu != "" && !menuID(menu) || user+menu == "" {
		return errMenuID
	}
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := call(api)
		return res, err
	})
	return good(res, err)
}

// dataEndpoint is where LINE takes images: a host of its own.
func dataEndpoint(endpoint string) string {
	return strings.Replace(endpoint, "//api.line.me", "//api-data.line.me", 1)
}
