; What folds: every instruction that may go over several lines, with the heredocs that belong to it.

[
  (run_instruction)
  (cmd_instruction)
  (entrypoint_instruction)
  (healthcheck_instruction)
  (env_instruction)
  (arg_instruction)
  (label_instruction)
  (copy_instruction)
  (add_instruction)
  (volume_instruction)
  (expose_instruction)
  (shell_instruction)
] @fold
