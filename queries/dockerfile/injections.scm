; Other languages inside a Dockerfile: shell in commands and heredocs, and files written by COPY and ADD.
;
; Patterns are read by two engines, Rust's and (in Neovim) Vim's in very magic mode; `[<]` means the character in both.

((comment) @injection.content
  (#set! injection.language "comment"))

; Each command is a shell document of its own; combined, the end of one RUN would run into the next. A command that is
; only the opening of a heredoc is left out: its body comes below.
((shell_command) @injection.content
  (#not-match? @injection.content "^[<][<]-?[^ \t]+[ \t]*$")
  (#set! injection.language "bash"))

; RUN <<EOF: the body, without the line that ends it, is a script; after `RUN python3 <<EOF` it is what that program reads.
((run_instruction
  (shell_command) @_command
  (heredoc_block
    (heredoc_content) @injection.content))
  (#match? @_command "^[<][<]-?[^ \t]+[ \t]*$")
  (#not-match? @injection.content "^#!.*python")
  (#set! injection.language "bash"))

((run_instruction
  (shell_command) @_command
  (heredoc_block
    (heredoc_content) @injection.content))
  (#match? @_command "^[<][<]-?[^ \t]+[ \t]*$")
  (#match? @injection.content "^#!.*python")
  (#set! injection.language "python"))

((run_instruction
  (shell_command) @_command
  (heredoc_block
    (heredoc_content) @injection.content))
  (#match? @_command "^python3?[ \t]+(-[ \t]+)?[<][<]-?[^ \t]+[ \t]*$")
  (#set! injection.language "python"))

; COPY <<EOF /etc/app.yaml: the destination, last before the body, names the language.
([
  (copy_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
  (add_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
]
  (#match? @_destination "\\.[jJ][sS][oO][nN]$")
  (#set! injection.language "json"))

([
  (copy_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
  (add_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
]
  (#match? @_destination "\\.[yY][aA]?[mM][lL]$")
  (#set! injection.language "yaml"))

([
  (copy_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
  (add_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
]
  (#match? @_destination "\\.[tT][oO][mM][lL]$")
  (#set! injection.language "toml"))

([
  (copy_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
  (add_instruction
    (path) @_destination
    .
    (heredoc_block
      (heredoc_content) @injection.content))
]
  (#match? @_destination "\\.[sS][hH]$")
  (#set! injection.language "bash"))
