vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, { pattern = "*.synth", command = "setfiletype synth" })
