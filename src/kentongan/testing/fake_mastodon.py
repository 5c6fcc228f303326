"""A Mastodon server on this machine: public timelines with `since_id`, `min_id`, `max_id`, `limit`.

Pages and their Link header are as docs.joinmastodon.org describes them.
"""

from __future__ import annotations

from typing import Any

from kentongan.testing.fake_site import Answer, Asked, FakeSite, json_answer

FIRST = 112_000_000_000_000_000
MOST = 40


class FakeMastodon(FakeSite):
    """`posts` are statuses as the API gives them. `token` is what a visitor must bring, "" for nobody; `most` is the longest page."""

    def __init__(self, *, token: str = "", most: int = MOST) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.token = token
        self.most = most

    def add(
        self, words: str, *, author: str = "warga", at: str = "2026-11-21T08:00:00.000Z", tags: str = "banjir", **more: Any
    ) -> dict[str, Any]:
        """One more post, the newest; gives it. `author` fills every field of the account. `more` replaces fields of the status."""
        known = str(FIRST + len(self.posts) * 1000)
        host = f"127.0.0.1:{self.port}"
        account = {
            "id": "5", "username": author, "acct": author, "display_name": f"Bapak {author}", "locked": False, "bot": False,
            "noindex": None, "url": f"https://{host}/@{author}", "uri": f"https://{host}/users/{author}", "note": f"<p>Saya {author}</p>",
            "avatar": f"https://{host}/avatars/{author}.png", "followers_count": 5, "fields": [{"name": "Nama", "value": author}],
        }  # fmt: skip
        mentions = f'<span class="h-card"><a href="https://{host}/@{author}" class="u-url mention">@<span>{author}</span></a></span>'
        post = {
            "id": known, "created_at": at, "edited_at": None, "visibility": "public", "sensitive": False, "spoiler_text": "",
            "language": "id", "uri": f"https://{host}/users/{author}/statuses/{known}", "url": f"https://{host}/@{author}/{known}",
            "content": f"<p>{words} {mentions}</p>", "reblog": None, "account": account,
            "mentions": [{"username": author, "acct": author, "url": f"https://{host}/@{author}", "id": "1"}],
            "tags": [{"name": tag, "url": f"https://{host}/tags/{tag}"} for tag in tags.split()], "media_attachments": [],
        }  # fmt: skip
        self.posts.append({**post, **more})
        return self.posts[-1]

    def answer(self, asked: Asked) -> Answer:
        """One page of a timeline."""
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return json_answer({"error": "This method requires an authenticated user"}, 401)
        place = asked.path.removeprefix("/api/v1/timelines/")
        if place == "public" and asked.query.get("local") == "true":
            posts = list(self.posts)
        elif place.startswith("tag/"):
            posts = [post for post in self.posts if any(tag["name"] == place.removeprefix("tag/") for tag in post["tags"])]
        else:
            return json_answer({"error": "Record not found"}, 404)
        return self._page(posts, asked)

    def _page(self, posts: list[dict[str, Any]], asked: Asked) -> Answer:
        """Newest first; `min_id` turns to the page right after it."""
        bounds = {name: int(asked.query[name]) for name in ("since_id", "min_id", "max_id") if name in asked.query}
        above, below = max(bounds.get("since_id", 0), bounds.get("min_id", 0)), bounds.get("max_id", 10**30)
        limit = min(int(asked.query.get("limit", "20")), self.most)
        fits = sorted((post for post in posts if above < int(post["id"]) < below), key=lambda post: -int(post["id"]))
        page = fits[-limit:] if "min_id" in bounds else fits[:limit]
        if not page:
            return json_answer([])
        here = f"{self.url}{asked.path}"
        link = f'<{here}?max_id={page[-1]["id"]}>; rel="next", <{here}?min_id={page[0]["id"]}>; rel="prev"'
        return json_answer(page, Link=link)
