"""The console's endpoints under `/api/console`: what an owner sees of his calls. Whoever serves them guards them."""

from enterprise_stream.server.api.console import calls, figures, health

routes = [*calls.routes, *figures.routes, *health.routes]
"""For owners too; each shows a tenant's owner his own only."""

operator_routes = health.operator_routes
"""Of what all tenants share; for the operator."""

__all__ = ["operator_routes", "routes"]
