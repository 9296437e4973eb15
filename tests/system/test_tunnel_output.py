"""The address of a tunnel is found in what its program says, and no other link is taken for it.

The outputs are shortened from what the programs print; where a program is documented is beside
the names in `smsdesk.system.tunnel_output`.
"""

import pytest

from smsdesk.system.tunnel_output import LONGEST_SAID, OutputReader

NGROK_LOG = """\
t=2026-03-02T09:00:00+0000 lvl=info msg="open config file" path=/home/anna/.config/ngrok.yml
t=2026-03-02T09:00:00+0000 lvl=info msg="starting web service" obj=web addr=127.0.0.1:4040
t=2026-03-02T09:00:00+0000 lvl=info msg="client session established" obj=tunnels.session
t=2026-03-02T09:00:01+0000 lvl=info msg="started tunnel" obj=tunnels name=command_line \
addr=http://localhost:8420 url=https://1a2b-203-0-113-7.ngrok-free.app
"""
NGROK_OWN_NAME = """\
t=2026-03-02T09:00:01+0000 lvl=info msg="started tunnel" obj=tunnels name=command_line \
addr=http://localhost:8420 url=https://sms.example.com
"""
NGROK_JSON = """\
{"lvl":"info","msg":"update available","url":"https://dl.equinox.io/ngrok"}
{"addr":"http://localhost:8420","lvl":"info","msg":"started tunnel","name":"command_line",\
"obj":"tunnels","t":"2026-03-02T09:00:01Z","url":"https://desk-7.ngrok.app"}
"""
NGROK_SCREEN = """\
\x1b[1mngrok\x1b[0m                                              (Ctrl+C to quit)
\x1b[36mSign up to try new private endpoints https://ngrok.com/new-features-update?ref=private\x1b[0m
Account                       anna@example.com (Plan: Free)
Web Interface                 http://127.0.0.1:4040
\x1b[32mForwarding                    https://desk.ngrok-free.dev -> http://localhost:8420\x1b[0m
"""
CLOUDFLARED_QUICK = """\
2026-03-02T09:00:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare \
account, is a quick way to experiment and try it out. However, be aware that these account-less \
Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use \
(https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate \
your use of Tunnels. If you intend to use Tunnels in production you should use a pre-created \
named tunnel by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps
2026-03-02T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-03-02T09:00:03Z INF +-----------------------------------------------------------------+
2026-03-02T09:00:03Z INF |  Your quick Tunnel has been created! Visit it at (it may take   |
2026-03-02T09:00:03Z INF |  some time to be reachable):                                    |
2026-03-02T09:00:03Z INF |  https://violet-four-words-here.trycloudflare.com               |
2026-03-02T09:00:03Z INF +-----------------------------------------------------------------+
"""
CLOUDFLARED_NAMED = """\
2026-03-02T09:00:00Z INF Starting tunnel tunnelID=5e043e7b-4f2c-41bb-b942-24c692e18d3a
2026-03-02T09:00:01Z INF Registered tunnel connection connIndex=0 location=lhr01 protocol=quic
2026-03-02T09:00:01Z INF Updated to new configuration config="{\\"ingress\\":[\
{\\"hostname\\":\\"shop.example.com\\",\\"service\\":\\"http://localhost:80\\"},\
{\\"hostname\\":\\"sms.example.com\\",\\"originRequest\\":{},\
\\"service\\":\\"http://localhost:8420\\"},{\\"service\\":\\"http_status:404\\"}],\
\\"warp-routing\\":{\\"enabled\\":false}}" version=2
"""
TAILSCALE_FUNNEL = """\
Available on the internet:

https://desk-7.tail1a2b3.ts.net/
|-- proxy http://127.0.0.1:8420

Press Ctrl+C to exit.
"""
SERVEO = "Forwarding HTTP traffic from \x1b[32mhttps://desk7.serveousercontent.com\x1b[0m\r\n"
LOCALHOST_RUN = """\
===============================================================================
Welcome to localhost.run!
Follow your favourite reverse tunnel at [https://twitter.com/localhost_run].
To set up and manage custom domains go to https://admin.localhost.run/
More details on custom domains (and how to enable subdomains of your custom
domain) at https://localhost.run/docs/custom-domains
To explore using localhost.run visit the documentation site:
https://localhost.run/docs/
===============================================================================
1a2b3c4d5e6f7a.lhr.life tunneled with tls termination, https://1a2b3c4d5e6f7a.lhr.life
create an account and add your key for a longer lasting domain name. see \
https://localhost.run/docs/forever-free/ for more information.
"""
LOCALTUNNEL = "your url is: https://tidy-dogs-sing.loca.lt\n"
DEVTUNNELS = """\
Hosting port: 8420
Connect via browser: https://x1y2z3.euw.devtunnels.ms:8420, https://x1y2z3-8420.euw.devtunnels.ms
Inspect network activity: https://x1y2z3-8420-inspect.euw.devtunnels.ms
"""
OWN_RELAY = "tunnel up at https://sms.example.com\n"


def read(output: str) -> OutputReader:
    reader = OutputReader(8420)
    for line in output.splitlines():
        reader.read(line)
    return reader


@pytest.mark.parametrize(
    ("output", "address"),
    [
        (NGROK_LOG, "https://1a2b-203-0-113-7.ngrok-free.app"),
        (NGROK_OWN_NAME, "https://sms.example.com"),
        (NGROK_JSON, "https://desk-7.ngrok.app"),
        (NGROK_SCREEN, "https://desk.ngrok-free.dev"),
        (CLOUDFLARED_QUICK, "https://violet-four-words-here.trycloudflare.com"),
        (CLOUDFLARED_NAMED, "https://sms.example.com"),
        (TAILSCALE_FUNNEL, "https://desk-7.tail1a2b3.ts.net"),
        (SERVEO, "https://desk7.serveousercontent.com"),
        (LOCALHOST_RUN, "https://1a2b3c4d5e6f7a.lhr.life"),
        (LOCALTUNNEL, "https://tidy-dogs-sing.loca.lt"),
        (DEVTUNNELS, "https://x1y2z3-8420.euw.devtunnels.ms"),
        (OWN_RELAY, "https://sms.example.com"),
    ],
)
def test_each_program_tells_its_address(output: str, address: str) -> None:
    assert read(output).address == address


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: authentication failed. Sign up: https://dashboard.ngrok.com/signup",
        "https://dashboard.ngrok.com/get-started/your-authtoken",
        "https://dashboard.ngrok.com",
        "https://developers.cloudflare.com",
        "https://one.dash.cloudflare.com/",
        'ERR Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup failed',
        "https://trycloudflare.com",
        "https://localhost.run/docs",
        "https://localhost.run/",
        "https://admin.localhost.run/",
        "[https://twitter.com/localhost_run]",
        "https://twitter.com/",
        "To enable, visit: https://login.tailscale.com/f/funnel?node=abc",
        "https://login.tailscale.com",
        "https://github.com/ekzhang/bore",
        "Read the terms at https://example.com",
        "WRN your version is old, see https://example.org",
        "https://user:password@example.com",
        "https://192.168.1.7",
        "https://127.0.0.1:8420",
        "https://[::1]:8420/",
        "https://localhost:8420",
        "https://desk.local",
        "https://example.com:port",
        "https://exa mple",
        "https://-.com",
        "http://desk.ngrok.app",
        "https://",
        "",
    ],
)
def test_no_other_link_is_taken_for_it(line: str) -> None:
    assert read(line).address == ""


def test_a_name_that_only_ones_own_network_reaches_is_not_public() -> None:
    private = TAILSCALE_FUNNEL.replace("on the internet", "within your tailnet")

    assert read(private).address == ""
    assert read(private + TAILSCALE_FUNNEL).address == "https://desk-7.tail1a2b3.ts.net"


def test_a_service_may_change_the_name_while_it_runs() -> None:
    again = "f00ba4.lhr.life tunneled with tls termination, https://f00ba4.lhr.life"

    assert read(LOCALHOST_RUN + again).address == "https://f00ba4.lhr.life"


def test_another_link_does_not_replace_the_address() -> None:
    assert read(NGROK_LOG + OWN_RELAY).address == "https://1a2b-203-0-113-7.ngrok-free.app"
    assert read(OWN_RELAY + "now at https://example.org").address == "https://sms.example.com"


@pytest.mark.parametrize(
    "config", ['config="{ingress', 'config="{\\"ingress\\":7}"', 'config="ingress"']
)
def test_a_configuration_that_cannot_be_read_is_passed_over(config: str) -> None:
    assert read(f"INF Updated to new configuration {config}").address == ""


def test_what_it_said_last_is_plain_and_short() -> None:
    reader = read("| \x1b[31mbad\x1b[0m token\x07 here |\n+--------+\n\n")

    assert reader.said == "bad token  here"
    assert len(read("a" * 10_000).said) == LONGEST_SAID
