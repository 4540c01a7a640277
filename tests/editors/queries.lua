-- What a real Neovim makes of our queries, set up as server/docs/queries.md says: printed line by line, for the test to read.

vim.cmd.edit(vim.env.LAYERWISE_DOCKERFILE)
local buffer = vim.api.nvim_get_current_buf()
local parser = assert(vim.treesitter.get_parser(buffer, "dockerfile"))
parser:parse(true)
local said = { "coloured " .. tostring(vim.treesitter.highlighter.active[buffer] ~= nil) }

-- The captures on the first byte of each word.
for row, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
  local at = 1
  while true do
    local first, last = line:find("%S+", at)
    if not first then
      break
    end
    local captures = vim.treesitter.get_captures_at_pos(buffer, row - 1, first - 1)
    local newest = captures[#captures]
    table.insert(said, ("%d %s %s"):format(row, line:sub(first, last), newest and newest.capture or "none"))
    at = last + 1
  end
end

for _, name in ipairs({ "folds", "injections", "locals", "textobjects" }) do
  local query = vim.treesitter.query.get("dockerfile", name)
  table.insert(said, ("%s %s"):format(name, query and "loads" or "is missing"))
end

local levels = {}
for row = 1, vim.fn.line("$") do
  table.insert(levels, tostring(vim.treesitter.foldexpr(row)))
end
table.insert(said, "levels " .. table.concat(levels, " "))
io.stdout:write(table.concat(said, "\n"), "\n")
