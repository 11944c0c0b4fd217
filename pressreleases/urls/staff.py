"""Addresses of this room."""

from django.urls import path

from pressreleases.views import staff, staff_files

app_name = "releases"

urlpatterns = [
    path("", staff.release_list, name="list"),
    path("nuevo/", staff.release_new, name="new"),
    path("<int:number>/", staff.release_page, name="release"),
    path("<int:number>/editar/", staff.release_edit, name="edit"),
    path("<int:number>/fotos/", staff_files.release_files, name="files"),
    path("<int:number>/vista/", staff.release_preview, name="preview"),
    path("<int:number>/versiones/<int:row>/", staff.release_compare, name="compare"),
    path("<int:number>/retomar/", staff.release_take_back, name="take_back"),
    path("<int:number>/retirar/", staff.release_withdraw, name="withdraw"),
]
