"""A client that survives what passes, and four that each do one thing worse."""

import time

from fakecompute.wsgi.wire import Truncated

SERVERS = "/compute/v2.1/servers"
LOST = (ConnectionError, TimeoutError, Truncated)
PASSING = (429, 500, 502, 503, 504)


class GivenUp(Exception):
    """What a client says when it has tried for long enough, and cleared away what it had made."""


class Careful:
    """Deploys one server, and takes it away again."""

    tries = 6
    patience: float = 600  # seconds for a server to come up, or to go
    pause = 30

    def __init__(self, cloud, http):
        self.http = http
        self.wish = {
            "name": "web",
            "flavorRef": "1",
            "imageRef": cloud.images["cirros-0.6.3-x86_64-disk"].id,
            "networks": [{"uuid": cloud.networks["private"].id}],
        }

    def work(self):
        id = self.create()
        try:
            self.wait(id)
        finally:
            self.delete(id)

    def create(self):
        """Look before asking again: the answer may have been lost, and not the server."""
        for _ in range(self.tries):
            answer = self.once("POST", SERVERS, json={"server": self.wish})
            if answer is not None and answer.status_code == 202:
                return answer.json["server"]["id"]
            if id := self.find():
                return id
        raise GivenUp("it cannot be made")

    def find(self):
        found = self.ask("GET", f"{SERVERS}?name=web").json["servers"]
        return found[0]["id"] if found else None

    def wait(self, id):
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            time.sleep(self.pause)
            status = self.status(id)
            if status == "ACTIVE":
                return
            if status != "BUILD":
                raise GivenUp("it broke")
        raise GivenUp("it does not come up")

    def delete(self, id):
        for _ in range(self.tries):
            if self.ask("DELETE", f"{SERVERS}/{id}").status_code == 404 or self.gone(id):
                return
        raise GivenUp("it does not go")

    def gone(self, id):
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            time.sleep(self.pause)
            status = self.status(id)
            if status == "DELETED":
                return True
            if status == "ERROR":
                return False
        return False

    def status(self, id):
        answer = self.ask("GET", f"{SERVERS}/{id}")
        return "DELETED" if answer.status_code == 404 else answer.json["server"]["status"]

    def ask(self, method, path):
        """The answer of somebody who knows, sooner or later."""
        for _ in range(self.tries):
            answer = self.once(method, path)
            if answer is not None:
                return answer
        raise GivenUp("nobody answers")

    def once(self, method, path, **more):
        """None if nobody knows what became of it."""
        try:
            answer = self.http.request(method, path, **more)
        except LOST:
            time.sleep(self.pause)
            return None
        if answer.status_code not in PASSING:
            return answer
        time.sleep(self.asked_to_wait(answer))
        return None

    def asked_to_wait(self, refusal):
        return int(refusal.headers.get("Retry-After", self.pause))


class Blind(Careful):
    """Asks again for what it was not told that it has."""

    def find(self):
        return None


class Patient(Careful):
    """Has no timeout on BUILD."""

    patience = float("inf")


class Forgetful(Careful):
    """Treats ERROR as gone."""

    def status(self, id):
        status = super().status(id)
        return "DELETED" if status == "ERROR" else status


class Hasty(Careful):
    """Ignores Retry-After."""

    def asked_to_wait(self, refusal):
        return 1
