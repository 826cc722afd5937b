import json
import urllib.error
import urllib.parse
import urllib.request


class MyClient:
    def __init__(self, provider, tokens):
        self.provider, self.access, self.refresh = provider, tokens["accessToken"], tokens["refreshToken"]

    def call(self, tries=2):
        request = urllib.request.Request(self.provider["userinfoUrl"], headers={"authorization": "Bearer " + self.access})
        try:
            return urllib.request.urlopen(request).status
        except urllib.error.HTTPError as refused:
            if refused.code != 401:
                raise
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh,
                "client_id": self.provider["clientId"], "client_secret": self.provider["clientSecret"]}
        try:
            reply = json.load(urllib.request.urlopen(self.provider["tokenUrl"], urllib.parse.urlencode(form).encode()))
        except urllib.error.HTTPError as failed:
            if failed.code != 503 or tries == 0:
                raise
            return self.call(tries - 1)
        self.access, self.refresh = reply["access_token"], reply["refresh_token"]
        return self.call(0)
