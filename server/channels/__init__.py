"""Ways out: mail, gateways over HTTP, signed webhooks, and whatever Apprise reaches."""
