# demo and test set up what they need on a fresh Debian 12 with Rust, as root, and stop what they started.
.PHONY: bench compare demo fuzz test

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

# Keystrokes to diagnostics, start and memory beside two other language servers, and builds where DOCKER_HOST names an engine.
bench:
	@scripts/bench.sh

# Who reports what where: hadolint, tally, Checkov and BuildKit's own checks beside Layerwise on the Dockerfiles of FOLDER.
compare:
	@scripts/compare.sh $(FOLDER)

# Ten minutes of edits and ten of whole sessions, led by coverage.
fuzz:
	@scripts/fuzz.sh
