"""Addresses: the admin, and the switch between Japanese and English."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from billing.admin.search.page import search_page

handler400 = "csoc_admin.too_much.bad_request"
handler403 = "csoc_admin.errors.forbidden"
handler404 = "csoc_admin.errors.not_found"
handler500 = "csoc_admin.errors.failed"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/search/", admin.site.admin_view(search_page), name="search"),
    path("admin/account/", include("csoc_admin.account_urls")),
    path("admin/", admin.site.urls),
]
