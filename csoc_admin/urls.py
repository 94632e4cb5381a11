"""Addresses: the admin, and the switch between Japanese and English."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

handler400 = "csoc_admin.too_much.bad_request"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
