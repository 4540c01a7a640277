; What can be selected, deleted or jumped to as one thing. Helix says `around` and `inside`, Neovim `outer` and `inner`; both stand here.

; An instruction that runs something is what a function is elsewhere; its command is the inside.

[
  (run_instruction)
  (cmd_instruction)
  (entrypoint_instruction)
  (healthcheck_instruction)
] @function.around @function.outer

(run_instruction
  (shell_command) @function.inside @function.inner)

(cmd_instruction
  [
    (shell_command)
    (json_string_array)
  ] @function.inside @function.inner)

(entrypoint_instruction
  [
    (shell_command)
    (json_string_array)
  ] @function.inside @function.inner)

; Where a stage begins. A whole stage is no node of the grammar.

(from_instruction) @class.around @class.outer

(image_spec) @class.inside @class.inner

; Words, flags, ports and the strings of a list.

[
  (param)
  (mount_param)
  (path)
  (expose_port)
  (json_string)
  (arg_pair)
] @parameter.around @parameter.inside @parameter.outer @parameter.inner

; Names with their values.

(env_pair
  name: (_) @assignment.lhs
  value: (_) @entry.inside @assignment.rhs @assignment.inner) @entry.around @assignment.outer

(label_pair
  key: (_) @assignment.lhs
  value: (_) @entry.inside @assignment.rhs @assignment.inner) @entry.around @assignment.outer

; Heredocs, with the line that ends them, and without.

(heredoc_block
  (heredoc_content) @block.inner) @block.outer

(comment) @comment.around @comment.outer @comment.inside @comment.inner
