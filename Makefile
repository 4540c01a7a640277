# Both set up what they need on a fresh Debian 12 with Rust and Node, as root, and stop what they started.
.PHONY: demo test

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh
