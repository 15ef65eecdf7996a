from dashboard import charts


def test_bars_scale_to_the_tallest():
    drawn = charts.bars([("月", 4, 0), ("火", 2, 1), ("水", 0, 0)])

    assert [(bar.height, bar.y, bar.flaw_height) for bar in drawn] == [
        (100, 0, 0),
        (50, 50, 25),
        (0, 100, 0),
    ]


def test_bars_stand_side_by_side_within_the_drawing():
    drawn = charts.bars([(day, 1, 0) for day in range(14)])

    assert all(left.x + left.width < right.x for left, right in zip(drawn, drawn[1:], strict=False))
    assert drawn[-1].x + drawn[-1].width <= charts.WIDTH


def test_bars_of_nothing_but_zeros_are_flat():
    assert [bar.height for bar in charts.bars([("月", 0, 0), ("火", 0, 0)])] == [0, 0]


def test_bar_of_a_single_case_stays_visible_beside_thousands():
    assert charts.bars([("月", 5000, 0), ("火", 1, 0)])[1].height == charts.THINNEST


def test_stack_fills_the_drawing_without_overlap():
    drawn = charts.stack([("債券", 50), ("株式", 30), ("投資信託", 20)])

    assert [(part.x, part.width) for part in drawn] == [(0, 500), (500, 300), (800, 200)]


def test_stack_never_grows_out_of_the_drawing():
    drawn = charts.stack([("債券", 99.95), ("株式", 0.04), ("保険", 0.01)])

    assert max(part.x + part.width for part in drawn) == charts.WIDTH


def test_stack_draws_nothing_for_an_unknown_share():
    assert [part.width for part in charts.stack([("債券", 100), ("株式", None)])] == [1000, 0]


def test_stack_gives_the_last_colour_to_all_that_remain():
    drawn = charts.stack([(n, 100 / 7) for n in range(7)])

    assert [part.colour for part in drawn] == [1, 2, 3, 4, 5, 5, 5]
