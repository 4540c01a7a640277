//! Projects in C and C++.

use super::Case;

const MAKEFILE: &str =
    "CFLAGS = -O2\n\nserver: main.o\n\t$(CC) -o $@ $^\n\ninstall: server\n\tinstall server /usr/local/bin\n";
const CMAKE: &str =
    "cmake_minimum_required(VERSION 3.20)\nproject(shop CXX)\nadd_executable(shop-server src/main.cpp)\n";

const MAKE_FILES: &[(&str, &str)] = &[("Makefile", MAKEFILE), ("main.c", "")];
const CMAKE_FILES: &[(&str, &str)] =
    &[("CMakeLists.txt", CMAKE), ("src/main.cpp", ""), ("config/default.ini", "")];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "c: make on Debian",
        dockerfile: "FROM debian:bookworm\n\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends gcc libc6-dev make \\\n    && rm -rf /var/lib/apt/lists/*\n\nWORKDIR /app\nCOPY . .\n# optimised\nRUN make\n\nEXPOSE 8080\nCMD [\"./server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: one compiler call",
        dockerfile: "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y build-essential libssl-dev\nCOPY main.c /src/main.c\nRUN gcc -O2 -o /usr/local/bin/server /src/main.c -lssl -lcrypto\nUSER nobody\nENTRYPOINT [\"server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: the compiler's image",
        dockerfile: "FROM gcc:13\nWORKDIR /usr/src/app\nCOPY . .\nRUN gcc -o server main.c -lm\nCMD [\"./server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: C++ in the compiler's image",
        dockerfile: "FROM gcc:13\nWORKDIR /app\nCOPY . .\nRUN g++ -o server main.cpp\nCMD [\"./server\"]\n",
        files: &[("main.cpp", "")],
    },
    Case {
        name: "c: CMake on Alpine",
        dockerfile: "FROM alpine:3.20\nRUN apk add --no-cache build-base cmake sqlite-dev tini\nWORKDIR /app\nCOPY . .\nRUN cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build\nENTRYPOINT [\"/sbin/tini\", \"--\"]\nCMD [\"/app/build/shop-server\"]\n",
        files: CMAKE_FILES,
    },
    Case {
        name: "c: CMake with install",
        dockerfile: "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y cmake g++ libpq-dev && rm -rf /var/lib/apt/lists/*\nCOPY . /src\nRUN cd /src && cmake -B build && cmake --build build && cmake --install build --prefix=/opt/shop\nWORKDIR /data\nCMD [\"/opt/shop/bin/shop-server\"]\n",
        files: CMAKE_FILES,
    },
    Case {
        name: "c: autotools from elsewhere",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y autoconf automake gcc make wget ca-certificates\nWORKDIR /tmp\nRUN wget https://example.com/tool-1.0.tar.gz && tar xf tool-1.0.tar.gz && cd tool-1.0 && ./configure --prefix=/usr/local && make && make install\nENTRYPOINT [\"/usr/local/bin/tool\"]\n",
        files: &[("README.md", "")],
    },
    Case {
        name: "c: copied after the build, a user of its own",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc make\nRUN useradd -m app\nWORKDIR /src\nCOPY . .\nRUN make && cp server /usr/bin/server && make clean\nWORKDIR /home/app\nUSER app\nCMD [\"server\", \"--verbose\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: a Makefile that is not known",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y build-essential\nWORKDIR /app\nCOPY . .\nRUN make -C src\nCMD [\"/app/src/out/server\"]\n",
        files: &[("src/main.c", "")],
    },
    Case {
        name: "c: no compiler installed",
        dockerfile: "FROM debian:bookworm\nWORKDIR /app\nCOPY . .\nRUN make\nCMD [\"./server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: a program of the context",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc make\nWORKDIR /app\nCOPY . .\nRUN make\nCMD [\"./run.sh\"]\n",
        files: &[("Makefile", MAKEFILE), ("main.c", ""), ("run.sh", "#!/bin/sh\nexec ./server\n")],
    },
    Case {
        name: "c: another distribution",
        dockerfile: "FROM fedora:40\nRUN dnf install -y gcc make && dnf clean all\nWORKDIR /app\nCOPY . .\nRUN make\nCMD [\"./server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: two commands",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc make\nWORKDIR /app\nCOPY . .\nRUN make\nCMD ./server --migrate && ./server\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: shell form, lower case, CRLF, backtick",
        dockerfile: "# escape=`\r\nfrom debian:bookworm\r\nrun apt-get update && `\r\n    apt-get install -y gcc make libpq-dev\r\nworkdir /app\r\ncopy . .\r\nrun make\r\ncmd ./server --port 80\r\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: heredoc, non-ASCII, an unknown library",
        dockerfile: "FROM debian:bookworm\n# für die Übersetzung 🔧\nRUN apt-get update && apt-get install -y g++ libboost-all-dev\nCOPY <<EOF /app/main.cpp\nint main() {}\nEOF\nWORKDIR /app\nRUN <<EOF\nset -e\ng++ -O2 -o server main.cpp\nstrip server\nEOF\nCMD [\"/app/server\"]\n",
        files: &[],
    },
    Case {
        name: "c: a health check by curl",
        dockerfile: "FROM debian:bookworm\nRUN apt-get update && apt-get install -y gcc make\nWORKDIR /app\nCOPY . .\nRUN make\nHEALTHCHECK CMD curl -f localhost\nCMD [\"./server\"]\n",
        files: MAKE_FILES,
    },
    Case {
        name: "c: compilers removed again",
        dockerfile: "FROM alpine:latest\nRUN apk add --no-cache --virtual .build-deps gcc make musl-dev \\\n    && wget -O- https://example.com/x.tar.gz | tar xz && cd x && make install \\\n    && apk del .build-deps\nCMD [\"x\"]\n",
        files: &[],
    },
    Case {
        name: "c: a file copied after the build",
        dockerfile: "FROM alpine:latest\nRUN apk add --no-cache gcc make musl-dev\nWORKDIR /app\nCOPY Makefile main.c ./\nRUN make\nCOPY game.dsk ./\nCMD [\"./server\"]\n",
        files: &[("Makefile", MAKEFILE), ("main.c", ""), ("game.dsk", "")],
    },
];
