-- One row per term of "no more suspects are sent to court than are arrested", on one
-- page.
with
    figures as (select * from int_figures_bounded),
    pairs as (
        select
            arrested.figure_id as arrested_figure_id, sent.figure_id as sent_figure_id
        from figures as arrested
        inner join
            figures as sent
            on arrested.source_id = sent.source_id
            and arrested.geography = sent.geography
            and arrested.period_start = sent.period_start
            and arrested.period_end = sent.period_end
            and arrested.dimension = sent.dimension
            and arrested.category = sent.category
        where
            arrested.measure = 'suspects_arrested'
            and sent.measure = 'suspects_sent_to_court'
    ),
    terms as (
        select
            concat_ws(
                ' and ',
                'sent_to_court:' || pairs.arrested_figure_id,
                pairs.sent_figure_id
            ) as statement_id,
            'sent_to_court_are_no_more_than_arrested' as check_name,
            'error' as severity,
            figures.source_id,
            cast(0 as bigint) as low_bound,
            cast(null as bigint) as high_bound,
            sides.role,
            cast(sides.coefficient as bigint) as coefficient,
            figures.measure,
            figures.geography,
            figures.period_start,
            figures.period_end,
            figures.dimension,
            figures.category,
            figures.figure_id,
            figures.reported_value,
            figures.low_value,
            figures.high_value,
            false as is_damaged
        from pairs
        cross join (values ('whole', 1), ('part', -1)) as sides(role, coefficient)
        inner join
            figures
            on figures.figure_id = case
                when sides.role = 'whole'
                then pairs.arrested_figure_id
                else pairs.sent_figure_id
            end
    )
select *
from terms
