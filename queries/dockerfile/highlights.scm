; Colours of a Dockerfile, for the containerfile grammar. Where two patterns capture one node, the later one wins, as
; Neovim and Helix have it: general patterns stand first.

; Keywords. Stages and variables are what a reader looks for, so FROM, AS, ARG and ENV have classes of their own.

[
  "RUN"
  "CMD"
  "LABEL"
  "EXPOSE"
  "ADD"
  "COPY"
  "ENTRYPOINT"
  "VOLUME"
  "USER"
  "WORKDIR"
  "ONBUILD"
  "STOPSIGNAL"
  "HEALTHCHECK"
  "SHELL"
  "MAINTAINER"
  "CROSS_BUILD"
  "NONE"
] @keyword

[
  "FROM"
  "AS"
] @keyword.import

[
  "ARG"
  "ENV"
] @keyword.modifier

; Comments; a directive counts only in the first lines, before any other comment or instruction.

(comment) @comment @spell

((source_file
  .
  (comment) @keyword.directive)
  (#match? @keyword.directive "^#[ \t]*([sS][yY][nN][tT][aA][xX]|[eE][sS][cC][aA][pP][eE]|[cC][hH][eE][cC][kK])[ \t]*[=]"))

; Images and stages.

(image_name) @module

(image_tag
  ":" @punctuation.delimiter) @string.special

(image_digest
  "@" @punctuation.delimiter) @string.special

(image_alias) @label

; Flags: --name=value, and the options of --mount. The grammar has no node for a flag's name or literal value.

[
  (param)
  (mount_param)
] @attribute

(param
  "=" @operator)

(mount_param
  "=" @operator)

(mount_param
  "," @punctuation.delimiter)

(mount_param_param) @string.special

(end_of_options) @punctuation.special

; Names and values.

(arg_pair
  name: (_) @variable)

(arg_pair
  default: (unquoted_string) @string)

(env_pair
  name: (_) @variable)

(env_pair
  value: (unquoted_string) @string)

(label_pair
  key: (_) @property)

(label_pair
  value: (unquoted_string) @string)

(arg_pair
  "=" @operator)

(env_pair
  "=" @operator)

(label_pair
  "=" @operator)

(user_instruction
  user: (_) @string.special)

(user_instruction
  group: (_) @string.special)

(user_instruction
  ":" @punctuation.delimiter)

[
  (double_quoted_string)
  (single_quoted_string)
  (json_string)
] @string

(path) @string.special.path

(expose_port) @number

(escape_sequence) @string.escape

; JSON form.

(json_string_array
  [
    "["
    "]"
  ] @punctuation.bracket)

(json_string_array
  "," @punctuation.delimiter)

; Heredocs. The body is coloured by an injection where its language is known.

(heredoc_content) @string

[
  (heredoc_marker)
  (heredoc_end)
] @label

; Variables, everywhere that the builder expands them: after all strings, so that they stand out in these.

(expansion
  [
    "$"
    "{"
    "}"
  ] @punctuation.special)

(expansion_operator) @operator

(variable) @variable

; A backslash, or a backtick under `# escape=`, that goes on with the next line.

(line_continuation) @punctuation.special
