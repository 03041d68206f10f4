-- A buffer in; the language server of its project attached to it, out. One server for each project.
local M = {}

local running = {}

--- The folder with a synth.toml, at the file or above it; else the file's own.
function M.root(buffer)
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":p:h")
  local found = vim.fn.findfile("synth.toml", vim.fn.escape(folder, " ,;*?[{") .. ";")
  return found ~= "" and vim.fn.fnamemodify(found, ":p:h") or folder
end

--- `vim.g.synth_command` (a list), else the `synth` of PATH. No program of the folder that is opened is ever run.
function M.command()
  return vim.g.synth_command or { "synth", "lsp" }
end

-- Later versions set these by themselves.
local function attached(_, buffer)
  if vim.fn.has("nvim-0.8") == 0 then
    vim.api.nvim_buf_set_option(buffer, "omnifunc", "v:lua.vim.lsp.omnifunc")
    vim.api.nvim_buf_set_option(buffer, "tagfunc", "v:lua.vim.lsp.tagfunc")
    vim.api.nvim_buf_set_option(buffer, "formatexpr", "v:lua.vim.lsp.formatexpr()")
  end
  local group = vim.api.nvim_create_augroup("synth_lenses_" .. buffer, {})
  local refresh = { group = group, buffer = buffer, callback = vim.lsp.codelens.refresh }
  if vim.fn.has("nvim-0.11") == 0 then
    vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave" }, refresh)
  end
end

local function config(root)
  return {
    name = "synth",
    cmd = M.command(),
    root_dir = root,
    on_attach = attached,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
    on_exit = function(_, _, id)
      for folder, client in pairs(running) do
        running[folder] = client ~= id and client or nil
      end
    end,
  }
end

--- Says once what is missing, rather than at each file.
local function missing(program)
  if vim.fn.executable(program) == 0 then
    vim.notify_once("synth: no `" .. program .. "` on PATH; pip install 'synth[lsp]', or set vim.g.synth_command")
    return true
  end
  return false
end

function M.start(buffer)
  if vim.bo[buffer].buftype ~= "" or missing(M.command()[1]) then
    return
  end
  local root = M.root(buffer)
  if vim.lsp.start then
    vim.lsp.start(config(root), { bufnr = buffer })
    return
  end
  running[root] = running[root] or vim.lsp.start_client(config(root))
  if running[root] then
    vim.lsp.buf_attach_client(buffer, running[root])
  end
end

return M
