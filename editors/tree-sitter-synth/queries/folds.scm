[(body) (settings) (object) (template) (list) (arguments) (signature)] @fold
