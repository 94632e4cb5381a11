"""Addresses of logging in beside the admin's own: second factors, and the company's sign-on. None registers anybody."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import include, path
from django.views.generic import RedirectView

from csoc_admin.log_in import or_away

urlpatterns = [
    path("login/", RedirectView.as_view(pattern_name="admin:login"), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("factors/", include("allauth.mfa.urls")),
    path("company/oidc/<str:provider_id>/login/", or_away(openid.login)),
    path("company/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("company/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("company/error/", social.login_error, name="socialaccount_login_error"),
]
