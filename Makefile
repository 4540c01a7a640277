# demo and test set up what they need on a fresh Debian 12 with Rust, as root, and stop what they started.
.PHONY: bench demo test

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

# Start, memory and keystroke to diagnostics, beside two other language servers.
bench:
	@scripts/bench.sh
