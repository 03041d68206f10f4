-- Starts the language server for specs and for synth.toml, and names what the lenses call.
if vim.g.loaded_synth or vim.fn.has("nvim-0.7") == 0 then
  return
end
vim.g.loaded_synth = true

local group = vim.api.nvim_create_augroup("synth", {})
local function start(event)
  require("synth.server").start(event.buf)
end

vim.api.nvim_create_autocmd("FileType", { group = group, pattern = "synth", callback = start })
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, { group = group, pattern = "synth.toml", callback = start })

require("synth.commands").register()
