"""Bluesky on this machine: `createSession` and `searchPosts` as the lexicons say (AppView and home of the account in one)."""

from __future__ import annotations

import json
from typing import Any

from kentongan.testing.fake_site import Answer, Asked, FakeSite, json_answer

SEARCH = "/xrpc/app.bsky.feed.searchPosts"
SIGN_IN = "/xrpc/com.atproto.server.createSession"


class FakeBluesky(FakeSite):
    """`posts` are post views. `accounts` are handles with their app passwords; `open_search` False wants a token; `late` lists what tokens
    were given."""

    def __init__(self, *, accounts: dict[str, str] | None = None, open_search: bool = True) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.accounts = accounts or {}
        self.open_search = open_search
        self.tokens: list[str] = []

    def add(
        self, words: str, *, author: str = "warga", at: str = "2026-11-21T08:00:00.000Z", indexed: str = "", **more: Any
    ) -> dict[str, Any]:
        """One more post; gives it. `author` fills every field of the profile."""
        did, number = f"did:plc:{author}", len(self.posts)
        post = {
            "uri": f"at://{did}/app.bsky.feed.post/3k{number:011d}", "cid": f"bafyrei{number:020d}",
            "author": {"did": did, "handle": f"{author}.bsky.social", "displayName": f"Ibu {author}", "labels": [],
                       "avatar": f"https://cdn.example/{did}"},
            "record": {"$type": "app.bsky.feed.post", "text": words, "createdAt": at, "langs": ["id"]},
            "indexedAt": indexed or at, "labels": [], "likeCount": 3, "replyCount": 0,
        }  # fmt: skip
        self.posts.append({**post, **more})
        return self.posts[-1]

    def answer(self, asked: Asked) -> Answer:
        """One of the two methods."""
        if asked.path == SIGN_IN and asked.method == "POST":
            given = json.loads(asked.body)
            if self.accounts.get(given.get("identifier")) != given.get("password"):
                return json_answer({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401)
            self.tokens.append(f"token-{len(self.tokens)}")
            return json_answer(
                {"accessJwt": self.tokens[-1], "refreshJwt": "never-used", "handle": given["identifier"], "did": "did:plc:kota"}
            )
        if asked.path != SEARCH:
            return json_answer({"error": "MethodNotImplemented"}, 404)
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens and not self.open_search:
            return json_answer({"error": "Forbidden"}, 403)
        return self._found(asked)

    def _found(self, asked: Asked) -> Answer:
        """Newest first by the earlier of the two times; the cursor is how many were shown."""
        since, shown, limit = asked.query.get("since", ""), int(asked.query.get("cursor", "0")), int(asked.query.get("limit", "25"))
        found = [post for post in self.posts if _stamp(post) >= since]
        found.sort(key=_stamp, reverse=True)
        page = found[shown : shown + limit]
        more = {"cursor": str(shown + limit)} if shown + limit < len(found) else {}
        return json_answer({"posts": page, "hitsTotal": len(found), **more})


def _stamp(post: dict[str, Any]) -> str:
    return min(str(post["record"].get("createdAt", "~")), str(post.get("indexedAt", "~")))
