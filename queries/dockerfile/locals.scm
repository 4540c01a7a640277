; Variables and stages: where a name gets its meaning, and where it is read. The file is one scope here: a grammar knows no stages, so
; that an ARG of one stage is found from another too. A language server tells them apart.

(source_file) @local.scope

(arg_pair
  name: (_) @local.definition.variable)

(env_pair
  name: (_) @local.definition.variable)

(variable) @local.reference

; FROM image AS name. The grammar has no node for the value of --from, so that only FROM refers to a stage.

(image_alias) @local.definition.namespace

(image_spec
  name: (image_name) @local.reference
  !tag
  !digest)
