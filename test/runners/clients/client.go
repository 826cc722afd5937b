package mine

import (
	"encoding/json"
	"net/http"
	"net/url"

	"example.com/mine/authdouble"
)

type MyClient struct {
	provider        authdouble.Provider
	access, refresh string
}

func NewMyClient(p authdouble.Provider, t authdouble.Tokens) *MyClient {
	return &MyClient{p, t.AccessToken, t.RefreshToken}
}

func (c *MyClient) Call() {
	request, _ := http.NewRequest("GET", c.provider.UserinfoURL, nil)
	request.Header.Set("Authorization", "Bearer "+c.access)
	if answer, err := http.DefaultClient.Do(request); err != nil || answer.StatusCode != 401 {
		return
	}
	reply, err := http.PostForm(c.provider.TokenURL, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.refresh},
		"client_id": {c.provider.ClientID}, "client_secret": {c.provider.ClientSecret}})
	if err != nil {
		return
	}
	var tokens map[string]any
	_ = json.NewDecoder(reply.Body).Decode(&tokens)
	c.access, _ = tokens["access_token"].(string)
	c.refresh, _ = tokens["refresh_token"].(string)
}
