"""Addresses of this room."""

from django.urls import path

from pressreleases.views import corrections, staff, staff_files

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
    path("publicaciones/<int:number>/borrada/", staff.post_taken_down, name="taken_down"),
    path("<int:number>/corregir/", corrections.release_correct, name="correct"),
    path("correcciones/<int:number>/", corrections.correction_page, name="correction"),
    path("correcciones/<int:number>/retomar/", corrections.correction_take_back, name="correction_take_back"),
    path("correcciones/<int:number>/devolver/", corrections.correction_return, name="correction_return"),
    path("correcciones/<int:number>/autorizar/", corrections.correction_issue, name="correction_issue"),
    path("correcciones/<int:number>/descartar/", corrections.correction_discard, name="correction_discard"),
]
