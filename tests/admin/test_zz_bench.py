import os, time, pytest
from django.contrib.auth.models import User, Group
from django.template.backends.django import Template
from django.urls import reverse
from django.test import Client
from tests.admin.conftest import *
from tests.admin.walk import address_of
pytestmark = pytest.mark.usefixtures("book", "one_of_each")
N = int(os.environ.get("N", "150"))
ONLY = os.environ.get("ONLY", "")
def refused(c): return c.get(address["delete"])
def kinds(who, clerk, none):
    a = {n: address_of(n) for n in ("contracts_price_changelist","contracts_price_change","contracts_price_delete","contracts_contract_start","contracts_price_revise","contracts_notice_receive","contracts_customer_change","index")}
    yield "index", lambda: who.get(a["index"]), 200
    yield "list", lambda: who.get(a["contracts_price_changelist"]), 200
    yield "record", lambda: who.get(a["contracts_price_change"]), 200
    yield "form", lambda: who.get(a["contracts_notice_receive"]), 200
    yield "verb403", lambda: none.get(a["contracts_price_revise"]), 403
    yield "post403", lambda: none.post(a["contracts_price_revise"]), 403
    yield "list403", lambda: none.get(a["contracts_price_changelist"]), 403
    yield "404", lambda: clerk.get("/admin/contracts/price/99999999/revise/"), 404
    yield "302anon", lambda: Client().get(a["contracts_price_changelist"]), 302
    yield "login302", lambda: none.get("/"), 302
@pytest.mark.parametrize("drawn", ["drawn", "undrawn"])
def test_bench(drawn, monkeypatch, capsys):
    def person(role):
        user = User.objects.create_user(f"who is {role}", is_staff=True)
        user.groups.set(Group.objects.filter(name=role)); return user
    if drawn == "undrawn": monkeypatch.setattr(Template, "render", lambda *_a, **_c: "")
    elif os.environ.get("UN"): return
    out = []
    for name, ask, status in kinds(signed_in(person("営業責任者")), signed_in(person("営業担当")), signed_in(person(""))):
        if ONLY and name not in ONLY.split(","): continue
        assert ask().status_code == status, (name, ask().status_code)
        ask()
        n = N if drawn == "undrawn" or status != 200 else N // 4
        t = time.process_time()
        for _ in range(n): ask()
        out.append(f"{drawn:8} {name:9} {1000*(time.process_time()-t)/n:7.2f} ms")
    with open("/tmp/w/bench.txt", "a") as f: f.write("\n".join(out) + "\n")
