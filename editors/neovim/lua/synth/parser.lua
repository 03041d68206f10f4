-- The tree-sitter parser: compiled once by :SynthInstallParser, and colours specs where it is there.
local M = {}

local here = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h:h")
local library = here .. "/parser/synth.so"

--- Whether Neovim finds the parser.
function M.installed()
  return #vim.api.nvim_get_runtime_file("parser/synth.so", false) > 0
end

--- Colours a buffer by the tree, from Neovim 0.9 on; else the patterns of syntax/synth.vim do.
function M.start(buffer)
  if vim.treesitter.start and M.installed() then
    vim.treesitter.start(buffer, "synth")
  end
end

--- Compiles the parser that lies beside this plugin; needs a C compiler.
function M.install()
  local source = vim.fn.fnamemodify(here, ":h") .. "/tree-sitter-synth/src"
  local cc = vim.env.CC or "cc"
  vim.fn.mkdir(here .. "/parser", "p")
  local files = { source .. "/parser.c", source .. "/scanner.c" }
  local command = { cc, "-shared", "-fPIC", "-O2", "-I", source, "-o", library, unpack(files) }
  local told = vim.fn.system(command)
  if vim.v.shell_error ~= 0 then
    vim.notify("synth: the parser could not be compiled\n" .. told, vim.log.levels.ERROR)
    return false
  end
  return true
end

return M
