module kozamori/infra/floor

go 1.26.0
