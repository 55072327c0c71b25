package line

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/watch"
)

// MenuKind is a kind of menu: of a language, for those who watch an account or for
// those who do not yet.
type MenuKind string

// MenuOf is the kind of menu for somebody.
func MenuOf(lang watch.Lang, connected bool) MenuKind {
	kind := MenuKind(watch.Japanese)
	if lang == watch.English {
		kind = MenuKind(watch.English)
	}
	if !connected {
		kind += "-new"
	}
	return kind
}

// DefaultMenu is the kind that everybody sees who has no other.
const DefaultMenu = MenuKind(watch.Japanese)

// alias names at LINE the menu of a kind that is current. A menu's own id changes
// with each new picture.
func (k MenuKind) alias() string { return "kozamori-" + string(k) }

// SetCurrentMenu makes a menu, which has its picture, the current one of a kind:
// the one that Menus shows.
func (c *Client) SetCurrentMenu(ctx context.Context, kind MenuKind, menu string) error {
	id := kind.alias()
	err := c.menu(ctx, "", menu, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.CreateRichMenuAliasWithHttpInfo(&messaging_api.CreateRichMenuAliasRequest{RichMenuAliasId: id, RichMenuId: menu})
	})
	if _, answered := errors.AsType[*StatusError](err); !answered {
		return err
	}
	// It is there already, most likely.
	return c.menu(ctx, "", menu, func(api *messaging_api.MessagingApiAPI) (*http.Response, struct{}, error) {
		return api.UpdateRichMenuAliasWithHttpInfo(id, &messaging_api.UpdateRichMenuAliasRequest{RichMenuId: menu})
	})
}

// CurrentMenu is the id of the current menu of a kind; empty if there is none.
func (c *Client) CurrentMenu(ctx context.Context, kind MenuKind) (string, error) {
	var got *messaging_api.RichMenuAliasResponse
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.GetRichMenuAliasWithHttpInfo(kind.alias())
		return res, err
	})
	if err == nil && res.StatusCode == http.StatusNotFound {
		return "", nil
	}
	if err := good(res, err); err != nil {
		return "", err
	}
	if got == nil || !menuID(got.RichMenuId) {
		return "", errUnreadable
	}
	return got.RichMenuId, nil
}

// ErrStillMoving says that LINE has not shown everybody the new menu yet, or
// not managed to: the old ones are still needed.
var ErrStillMoving = errors.New("line: not everybody has the new menu yet")

// Move is a menu, by its id, in the place of which another is shown.
type Move struct{ From, To string }

// MoveMenus shows other menus to all users who have one, without asking who they
// are, and waits until LINE has done so or ctx ends. LINE takes 3 such requests an
// hour.
func (c *Client) MoveMenus(ctx context.Context, moves []Move, every time.Duration) error {
	req := &messaging_api.RichMenuBatchRequest{}
	for _, m := range moves {
		if !menuID(m.From) || !menuID(m.To) {
			return errMenuID
		}
		req.Operations = append(req.Operations, &messaging_api.RichMenuBatchLinkOperation{From: m.From, To: m.To})
	}
	if len(moves) == 0 {
		return nil
	}
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.RichMenuBatchWithHttpInfo(req)
		return res, err
	})
	if err := good(res, err); err != nil {
		return err
	}
	request := res.Header.Get("X-Line-Request-Id")
	for {
		var got *messaging_api.RichMenuBatchProgressResponse
		res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
			res, got, err = api.GetRichMenuBatchProgressWithHttpInfo(request)
			return res, err
		})
		switch err := good(res, err); {
		case err == nil && got != nil && got.Phase == messaging_api.RichMenuBatchProgressPhase_SUCCEEDED:
			return nil
		case err == nil && got != nil && got.Phase == messaging_api.RichMenuBatchProgressPhase_FAILED:
			return ErrStillMoving
		}
		select {
		case <-ctx.Done():
			return ErrStillMoving
		case <-time.After(every):
		}
	}
}
