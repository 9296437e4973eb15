"""The Application API v2: applications, their public keys, capabilities and webhook addresses.

Numbers and money are in `account`; tokens signed with an application's key, in `tokens`.
"""

import threading
import uuid
from dataclasses import dataclass, replace

from smsdesk.simulator.carrier import WebhookUrls
from smsdesk.simulator.tokens import RefusedError
from smsdesk.simulator.wire import Json, Reply, Request, json_reply, problem

PATH = "/v2/applications"


@dataclass(frozen=True, slots=True)
class Application:
    """One application; `public_key` None means any RS256 signature is taken for its own."""

    id: str
    name: str
    public_key: str | None
    capabilities: Json
    improve_ai: bool = False

    @property
    def webhook_urls(self) -> WebhookUrls:
        messages = _object(self.capabilities.get("messages"))
        webhooks = _object(messages.get("webhooks"))
        return WebhookUrls(
            status=_address(webhooks.get("status_url")),
            inbound=_address(webhooks.get("inbound_url")),
        )

    def to_json(self, *, private_key: str | None = None) -> Json:
        keys: Json = {"public_key": self.public_key or ""}
        if private_key is not None:
            keys["private_key"] = private_key
        return {
            "id": self.id,
            "name": self.name,
            "keys": keys,
            "capabilities": self.capabilities,
            "privacy": {"improve_ai": self.improve_ai},
            "_links": {"self": {"href": f"{PATH}/{self.id}"}},
        }


class Applications:
    """The applications of one account. Thread-safe.

    While there is none at all, every token that is well formed is let in.
    """

    def __init__(self, *, application_id: str | None, public_key_pem: str | None) -> None:
        self._lock = threading.Lock()
        self._applications: dict[str, Application] = {}
        if application_id is not None:
            first = Application(
                id=application_id,
                name="Simulator",
                public_key=public_key_pem,
                capabilities={"messages": {"version": "v1", "webhooks": {}}},
            )
            self._applications[first.id] = first
        self._is_strict = application_id is not None
        self._any_public_key = None if application_id is not None else public_key_pem

    def public_key(self, application_id: str) -> str | None:
        """What to verify a token of this application with. Raises RefusedError."""
        application = self._applications.get(application_id)
        if application is None:
            if self._is_strict:
                raise RefusedError("The token's application does not exist.")
            return self._any_public_key
        if "messages" not in application.capabilities:
            raise RefusedError(
                "The application lacks the Messages capability.", anchor="#unprovisioned"
            )
        return application.public_key

    def webhook_urls(self, application_id: str) -> WebhookUrls:
        application = self._applications.get(application_id)
        return application.webhook_urls if application else WebhookUrls()

    def secures_media(self) -> bool:
        """Whether an application wants its token shown for what people have sent."""
        with self._lock:
            everything = list(self._applications.values())
        return any(
            _object(one.capabilities.get("messages")).get("authenticate_inbound_media") is True
            for one in everything
        )

    def answer(self, request: Request) -> Reply:
        """Answer a request below `/v2/applications`."""
        if request.path.rstrip("/") == PATH:
            if request.method == "GET":
                return self._list(request)
            if request.method == "POST":
                return self._create(request)
            return _method_not_allowed()
        application = self._applications.get(request.path.removeprefix(f"{PATH}/"))
        if application is None:
            return problem(404, "Not Found", detail="No such application.", anchor="#not-found")
        if request.method == "GET":
            return json_reply(application.to_json())
        if request.method == "PUT":
            return self._update(application, request)
        if request.method == "DELETE":
            with self._lock:
                self._applications.pop(application.id, None)
            return Reply(204)
        return _method_not_allowed()

    def _list(self, request: Request) -> Reply:
        size, page = _whole(request, "page_size", 10), _whole(request, "page", 1)
        if not 1 <= size <= 100 or page < 1:
            return _invalid("page_size", "page_size is 1 to 100, page at least 1")
        with self._lock:
            everything = list(self._applications.values())
        shown = everything[(page - 1) * size : page * size]
        pages = max(1, -(-len(everything) // size))
        links = {
            name: {"href": f"{PATH}?page_size={size}&page={number}"}
            for name, number in (("self", page), ("first", 1), ("last", pages))
        }
        return json_reply(
            {
                "page_size": size,
                "page": page,
                "total_items": len(everything),
                "total_pages": pages,
                "_embedded": {"applications": [a.to_json() for a in shown]},
                "_links": links,
            }
        )

    def _create(self, request: Request) -> Reply:
        body = request.json_object()
        if (refusal := _check(body)) is not None or body is None:
            return refusal or _invalid("name", "Is required")
        private_key = None
        public_key = _object(body.get("keys")).get("public_key")
        if not isinstance(public_key, str) or not public_key:
            private_key, public_key = make_key_pair()
        application = _read(body, id=str(uuid.uuid4()), public_key=public_key)
        with self._lock:
            self._applications[application.id] = application
            self._is_strict = True
        return json_reply(application.to_json(private_key=private_key), status=201)

    def _update(self, application: Application, request: Request) -> Reply:
        body = request.json_object()
        if (refusal := _check(body)) is not None or body is None:
            return refusal or _invalid("name", "Is required")
        public_key = _object(body.get("keys")).get("public_key")
        application = replace(
            _read(body, id=application.id, public_key=application.public_key),
            public_key=public_key if isinstance(public_key, str) else application.public_key,
        )
        with self._lock:
            self._applications[application.id] = application
        return json_reply(application.to_json())


def make_key_pair() -> tuple[str, str]:
    """A new RSA-2048 pair: private key as PKCS#8, public key as SPKI, both PEM."""
    # start-up time
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def is_rsa_public_key(pem: str) -> bool:
    # start-up time
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        return isinstance(load_pem_public_key(pem.encode()), RSAPublicKey)
    except ValueError:
        return False


def _check(body: Json | None) -> Reply | None:
    if body is None:
        return problem(400, "Bad Request", detail="The body is not valid JSON.")
    if not isinstance(body.get("name"), str) or not body["name"]:
        return _invalid("name", "Is required")
    public_key = _object(body.get("keys")).get("public_key")
    if public_key is not None and not isinstance(public_key, str):
        return _invalid("keys.public_key", "Is not a text")
    if public_key and not is_rsa_public_key(public_key):
        return _invalid("keys.public_key", "Is not an RSA public key in PEM")
    for name in ("keys", "capabilities", "privacy"):
        if not isinstance(body.get(name, {}), dict):
            return _invalid(name, "Is not an object")
    return None


def _read(body: Json, *, id: str, public_key: str | None) -> Application:
    capabilities = dict(_object(body.get("capabilities")))
    if "messages" in capabilities:
        capabilities["messages"] = {"version": "v1", **_object(capabilities["messages"])}
    return Application(
        id=id,
        name=str(body["name"]),
        public_key=public_key,
        capabilities=capabilities,
        improve_ai=_object(body.get("privacy")).get("improve_ai") is True,
    )


def _invalid(name: str, reason: str) -> Reply:
    return problem(
        400,
        "Bad Request",
        detail="The request failed due to validation errors",
        anchor="#bad-request",
        invalid=[(name, reason)],
    )


def _method_not_allowed() -> Reply:
    return problem(405, "Method Not Allowed", detail="This method is not supported here.")


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _address(value: object) -> str:
    address = _object(value).get("address")
    return address if isinstance(address, str) else ""


def _whole(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError:
        return -1
