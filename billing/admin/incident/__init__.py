"""利用不能 and 品質保証の違背, with the reductions they come to."""
