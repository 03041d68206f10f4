-- What a person asks of the server (:Synth preview, a lens) in; its answer on a page below the spec, out.
local M = {}

local NAMES = { "preview", "plan", "test", "check", "diff" }

local function clients(buffer)
  local all = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  return vim.tbl_filter(function(client)
    return client.name == "synth" and vim.lsp.buf_is_attached(buffer, client.id)
  end, all)
end

local function show(answer)
  vim.cmd("botright new")
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(answer.markdown, "\n"))
  for name, value in pairs({ buftype = "nofile", bufhidden = "wipe", swapfile = false, modifiable = false }) do
    vim.bo[buffer][name] = value
  end
  vim.bo[buffer].filetype = "markdown"
end

--- Sends a command with its one argument; the answer comes when it is done.
function M.ask(command, given, buffer)
  local client = clients(buffer)[1]
  if not client then
    vim.notify("synth: no language server for this file", vim.log.levels.WARN)
    return
  end
  local function answered(failed, answer)
    if failed then
      vim.notify("synth: " .. failed.message, vim.log.levels.ERROR)
    elseif answer then
      show(answer)
    end
  end
  local params = { command = command, arguments = { given } }
  if vim.fn.has("nvim-0.11") == 1 then
    client:request("workspace/executeCommand", params, answered, buffer)
  else
    client.request("workspace/executeCommand", params, answered, buffer)
  end
end

-- `:Synth plan questions`: the word after the command is a dataset, that after `test` words of a title.
local function given_of(name, words)
  local given = { uri = vim.uri_from_bufnr(0) }
  if name == "diff" then
    given.from, given.to, given.dataset = words[1], words[2], words[3]
  elseif #words > 0 then
    given[name == "test" and "test" or "dataset"] = table.concat(words, " ")
  end
  return given
end

local function run(event)
  local words = vim.split(vim.trim(event.args), "%s+")
  local name = table.remove(words, 1)
  if not vim.tbl_contains(NAMES, name) then
    vim.notify("synth: one of " .. table.concat(NAMES, ", "), vim.log.levels.ERROR)
    return
  end
  M.ask("synth." .. name, given_of(name, words), vim.api.nvim_get_current_buf())
end

local function complete(typed)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, NAMES)
end

function M.register()
  for _, name in ipairs(NAMES) do
    vim.lsp.commands["synth." .. name] = function(command, context)
      M.ask(command.command, command.arguments[1], context.bufnr)
    end
  end
  vim.api.nvim_create_user_command("Synth", run, { nargs = "+", complete = complete, desc = "Ask the synth server" })
  vim.api.nvim_create_user_command("SynthInstallParser", require("synth.parser").install, {})
end

return M
