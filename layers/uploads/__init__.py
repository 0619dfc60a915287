"""Files that analysts bring in the browser or by API: examined by the worker, decided by their author, published as layers."""
