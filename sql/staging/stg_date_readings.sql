-- One row per file and day that is not written as YYYY-MM-DD, but as declared of the
-- file.
with
    figures as (select * from raw.figures),
    sources as (select * from raw.sources),
    formats as (select * from stg_files where setting = 'dates'),
    files as (
        select distinct file
        from figures
        union
        select distinct file
        from sources
    ),
    fitting as (
        select
            files.file,
            translate(formats.value, '.-', '//') as written,
            row_number() over (
                partition by files.file order by length(formats.path) desc
            ) as nearness_rank
        from files
        inner join
            formats
            on files.file = formats.path
            or (ends_with(formats.path, '/') and starts_with(files.file, formats.path))
    ),
    nearest as (select * from fitting where nearness_rank = 1),
    texts as (
        select nearest.file, nearest.written, trim(figures.period_start) as day_text
        from figures
        inner join nearest on figures.file = nearest.file
        union
        select nearest.file, nearest.written, trim(figures.period_end) as day_text
        from figures
        inner join nearest on figures.file = nearest.file
        union
        select nearest.file, nearest.written, trim(sources.published_date) as day_text
        from sources
        inner join nearest on sources.file = nearest.file
    ),
    declared as (
        select
            file,
            day_text,
            translate(
                day_text,
                '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯០១២៣៤៥៦៧៨៩๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙၀၁၂၃၄၅၆၇၈၉０１２３４５６７８９.-',
                '012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789//'
            ) as slashed_text,
            written
        from texts
    ),
    parted as (
        select
            file,
            day_text,
            slashed_text,
            written,
            case
                when starts_with(written, '31')
                then split_part(slashed_text, '/', 1)
                when starts_with(written, '12')
                then split_part(slashed_text, '/', 2)
                else split_part(slashed_text, '/', 3)
            end as day_part,
            case
                when starts_with(written, '12')
                then split_part(slashed_text, '/', 1)
                else split_part(slashed_text, '/', 2)
            end as month_part,
            case
                when starts_with(written, '2')
                then split_part(slashed_text, '/', 1)
                else split_part(slashed_text, '/', 3)
            end as year_part
        from declared
        where regexp_matches(slashed_text, '^[0-9]+/[0-9]+/[0-9]+$')
    ),
    named as (
        select
            file,
            day_text,
            concat_ws(
                '-',
                case
                    when contains(written, '2567')
                    then cast(try_cast(year_part as integer) - 543 as varchar)
                    else year_part
                end,
                lpad(month_part, 2, '0'),
                lpad(day_part, 2, '0')
            ) as iso_text
        from parted
        where
            regexp_matches(day_part, '^[0-9]{1,2}$')
            and regexp_matches(month_part, '^[0-9]{1,2}$')
            and regexp_matches(year_part, '^[0-9]{4}$')
    ),
    days as (
        select file, day_text, try_cast(iso_text as date) as day
        from named
        where regexp_matches(iso_text, '^(1[5-9]|2[01])[0-9]{2}-')
        union all
        -- days since 30 December 1899, as spreadsheets count them
        select
            file,
            day_text,
            case
                when regexp_matches(slashed_text, '^[1-7][0-9]{4}$')
                then cast('1899-12-30' as date) + try_cast(slashed_text as integer)
            end as day
        from declared
        where written = '45657'
    ),
    known as (select * from days where day is not null)
select *
from known
