//! Random bytes as choices: a place, a fragment, a kind of message.

/// What changes the meaning of a Dockerfile, or looks as if it did.
const FRAGMENTS: [&str; 64] = [
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\\\n",
    "`\n",
    "#",
    "# layerwise ignore=all\n",
    "# escape=`\n",
    "# syntax=docker/dockerfile:1\n",
    "# check=skip=all;error=true\n",
    "\u{feff}",
    "é",
    "日本",
    "🦀",
    "\u{a0}",
    "\0",
    "'",
    "\"",
    "$",
    "${x:-",
    "}",
    "=",
    "[",
    "]",
    "<<EOF",
    "<<-'E' ",
    "\nEOF\n",
    "\n\tE\n",
    "FROM a:1\n",
    "FROM scratch AS b\n",
    "FROM --platform=$TARGETPLATFORM node:22 AS Build\n",
    "ARG x=1\n",
    "ARG NPM_TOKEN\n",
    "ENV a=b c=$a\n",
    "ENV a b c\n",
    "LABEL a=\"b c\"\n",
    "WORKDIR app\n",
    "USER root:0\n",
    "EXPOSE 80/TCP 1:2\n",
    "VOLUME [\"/x\", \"/y\"]\n",
    "COPY . /\n",
    "COPY --from=b --chown=1:2 /a /b\n",
    "COPY package.json package-lock.json ./\n",
    "COPY <<EOF <<-E /x/\n",
    "ADD https://example.com/x.tar.gz /\n",
    "RUN apt-get update && apt-get install -y curl\n",
    "RUN npm ci && npm run build\n",
    "RUN cargo build --release\n",
    "RUN --mount=type=cache,target=/x,id=y make\n",
    "RUN --mount=type=secret,id=t,env=T ",
    "RUN <<EOF\n",
    "RUN [\"a\", \"b\"]\n",
    "RUN a && \\\n  # c\n\n  b\n",
    "RUN if x; then y; fi; for z in *; do rm -rf $z; done\n",
    "RUN curl -H \"Authorization: $NPM_TOKEN\" x | sh\n",
    "CMD [\"node\", \"dist/main.js\"]\n",
    "CMD npm start\n",
    "ENTRYPOINT exec x\n",
    "HEALTHCHECK --interval=5s CMD curl x\n",
    "ONBUILD COPY . .\n",
    "SHELL [\"/bin/bash\", \"-c\"]\n",
    "MAINTAINER x\n",
];

/// Reads choices until the bytes are used up.
pub(crate) struct Choices<'a> {
    rest: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A number below `end`, which is not zero; zero where nothing is left.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let (high, low) = (self.byte().unwrap_or(0), self.byte().unwrap_or(0));
        (usize::from(high) << 8 | usize::from(low)) % end
    }

    /// Some fragments, now and then a character that is in none of them.
    pub(crate) fn text(&mut self, most: usize) -> String {
        let n_fragments = usize::from(self.byte().unwrap_or(0)) % (most + 1);
        let mut text = String::new();
        for _ in 0..n_fragments {
            match self.byte() {
                Some(byte @ 0..192) => text.push_str(FRAGMENTS[usize::from(byte) % FRAGMENTS.len()]),
                Some(_) => text.push(char::from(self.byte().unwrap_or(b'x'))),
                None => break,
            }
        }
        text
    }
}

/// Bytes of a seed, the same on every machine.
pub(crate) fn seeded(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}
