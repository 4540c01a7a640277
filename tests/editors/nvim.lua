-- A session in a real Neovim: findings, a rewrite, a build with its progress and hints, and a failing build of unsaved text.
--
-- nvim --headless --clean -n -i NONE -l nvim.lua DOCKERFILE PROGRAM
--
-- What Neovim itself does with the server's answers is what is tested, so everything goes through its own functions where it has
-- one. Nothing sleeps: `vim.wait` looks at its condition whenever a message may have changed it.

local file, program = arg[1], arg[2]
local patience = 180000

local function fail(message)
  io.stdout:write('FAIL ', message, '\n')
  os.exit(1)
end

local function say(...)
  io.stdout:write(table.concat({ ... }, ' '), '\n')
end

local function await(what, condition)
  if not vim.wait(patience, condition, 20) then
    fail('waited in vain for ' .. what)
  end
end

-- Progress as Neovim hands it to status lines: the kinds, in order, of the build that began last.
local progress = {}
vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event)
    local value = event.data.params.value
    if value.kind == 'begin' then
      progress = {}
    end
    table.insert(progress, value.kind)
  end,
})

vim.filetype.add({ filename = { Dockerfile = 'dockerfile' } })
vim.cmd('filetype on')
vim.lsp.config('layerwise', { cmd = { program, 'lsp' }, filetypes = { 'dockerfile' }, root_markers = { 'package.json' } })
vim.lsp.enable('layerwise')
vim.cmd.edit(file)
local buffer = vim.api.nvim_get_current_buf()

local function client()
  return vim.lsp.get_clients({ bufnr = buffer, name = 'layerwise' })[1]
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
end

-- Codes of the diagnostics of a source, sorted, each once.
local function codes(source)
  local seen = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    if diagnostic.source == source then
      seen[tostring(diagnostic.code)] = true
    end
  end
  local list = vim.tbl_keys(seen)
  table.sort(list)
  return list
end

await('the server', function() return client() and client().initialized end)

-- 1. What is wrong with the file.
await('diagnostics', function() return #codes('layerwise') > 0 end)
say('codes', unpack(codes('layerwise')))

-- 2. The split, through the editor's own menu. It is offered once the files of the build context are known, which the first
-- diagnostics do not wait for; an editor asks again whenever the menu opens.
local function is_split_offered()
  local start = { line = 0, character = 0 }
  local answer = client():request_sync('textDocument/codeAction', {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = { start = start, ['end'] = start },
    context = { only = { 'refactor.extract.stages' }, diagnostics = {} },
  }, patience, buffer)
  return answer and answer.result and #answer.result > 0
end
local deadline = vim.uv.hrtime() + patience * 1e6
while not is_split_offered() do
  if vim.uv.hrtime() > deadline then
    fail('the split is never offered')
  end
end
local before = text()
vim.lsp.buf.code_action({
  apply = true,
  context = { only = { 'refactor.extract.stages' }, diagnostics = {} },
  filter = function(action) return action.kind == 'refactor.extract.stages' end,
})
await('the split', function() return text() ~= before end)
local stages = 0
for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
  if line:match('^FROM ') then
    stages = stages + 1
  end
end
say('stages', tostring(stages))
vim.cmd('silent write')

-- 3. A build of it on the engine.
local uri = vim.uri_from_bufnr(buffer)
local function build()
  progress = {}
  local answer = client():request_sync('workspace/executeCommand', { command = 'layerwise.build', arguments = { { uri = uri } } }, patience, buffer)
  if not answer or answer.err then
    fail('layerwise.build: ' .. vim.inspect(answer))
  end
  await('the end of the build', function() return progress[#progress] == 'end' end)
end
build()
say('progress', progress[1], tostring(vim.tbl_contains(progress, 'report')), progress[#progress])
for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
  if diagnostic.source == 'layerwise build' then
    fail('the build failed: ' .. diagnostic.message)
  end
end

-- 4. What each step took, beside it.
vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
local function hints()
  local labels = {}
  for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = buffer })) do
    local label = hint.inlay_hint.label
    if type(label) == 'table' then
      label = table.concat(vim.tbl_map(function(part) return part.value end, label))
    end
    table.insert(labels, hint.inlay_hint.position.line + 1 .. ':' .. label)
  end
  return labels
end
await('inlay hints', function() return #hints() > 3 end)
for _, hint in ipairs(hints()) do
  say('hint', hint)
end

-- 5. A step that fails, in text that is on no disk.
vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { 'RUN exit 7' })
local last = vim.api.nvim_buf_line_count(buffer)
build()
await('the failure', function() return #codes('layerwise build') > 0 end)
for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
  if diagnostic.source == 'layerwise build' then
    say('failure', tostring(diagnostic.lnum + 1 == last), (diagnostic.message:gsub('%s+', ' ')))
  end
end

client():stop()
await('the end of the server', function() return client() == nil end)
say('done')
os.exit(0)
