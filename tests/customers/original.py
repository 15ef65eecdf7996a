"""A small set of the original system's CSV files, to import as it is or broken in one place."""

FILES = {
    "sales_representatives.csv": """\
rep_code,name,department,branch,email,phone,hire_date
SR001,田中太郎,営業部,東京本店,tanaka@example.com,03-1234-5678,2020-04-01
SR003,鈴木一郎,営業部,大阪支店,suzuki@example.com,06-1234-5678,2021-04-01
""",
    "products.csv": """\
product_code,product_name,product_type,currency,issuer,maturity_date,interest_rate,risk_level,minimum_investment,commission_rate,is_active
JGB-001,個人向け国債,bond,JPY,日本国,2034-03-20,0.0050,1,100000,0.0000,true
US-ETF,米国株ETF,etf,USD,サンプル投信,,,3,10000,0.0080,t
LINK-01,日経リンク債,structured_product,JPY,,2027-03-31,0.0350,4,5000000,0.0200,0
""",
    "customers.csv": """\
customer_code,name,name_kana,birth_date,gender,phone,email,address,occupation,annual_income,net_worth,risk_tolerance,investment_experience,sales_rep_id
C001,伊藤正雄,イトウマサオ,1965-03-15,男性,090-1111-1111,ito@example.com,東京都港区赤坂1-1-1,会社経営,50000000,200000000,moderate,expert,1
C002,髙﨑𠮷乃,タカサキヨシノ,1970-07-22,女性,,,,医師,30000000,150000000,conservative,beginner,1
C003,中村健一,ナカムラケンイチ,1955-11-08,男性,090-3333-3333,nakamura@example.com,,,,,5,経験者,2
""",
    "holdings.csv": """\
customer_id,product_id,quantity,unit_price,purchase_date,current_price,current_value,unrealized_gain_loss,maturity_date,status
1,1,50.00,100000.00,2022-03-20,101000.00,5050000.00,50000.00,2034-03-20,active
1,2,10.00,20000.00,2022-08-15,22000.00,220000.00,20000.00,,active
1,2,10.00,20000.00,2022-08-15,22000.00,220000.00,20000.00,,active
3,3,2.00,5000000.00,2022-03-31,,,,2027-03-31,
""",
    "sales_notes.csv": """\
customer_id,sales_rep_id,note_type,subject,content,priority,follow_up_date,is_cash_related,predicted_amount,predicted_date
1,1,meeting,事業売却,"来年3月に子会社を売却予定。
約5億円の現金が入る見込み。",high,2025-09-01,true,500000000,2025-03-15
3,,cash_inflow_prediction,,ボーナスの一部を投資に回したい,,,false,,
""",
    "cash_inflows.csv": """\
customer_id,source_type,predicted_amount,predicted_date,confidence_level,source_note,actual_amount,actual_date,status,sales_rep_id
1,business_sale,500000000,2025-03-15,high,子会社売却による収入,,,predicted,1
3,bonus,15000000,2025-12-25,,,,,,2
""",
    "economic_events.csv": """\
event_type,title,description,event_date,impact_level,affected_sectors,affected_currencies
election,衆議院総選挙,総選挙が実施される見込み,2025-10-15,high,"{""金融"",""建設""}","{""JPY"",""USD""}"
policy_change,日銀金利政策変更,,2025-09-20,,{},
""",
}


def write_files(folder, changes=None):
    """The files in `folder`; `changes` gives another text or bytes for some, None for no file."""
    for name, content in (FILES | (changes or {})).items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (folder / name).write_bytes(data)
    return folder


def changed(name, old, new):
    """`write_files` changes in which the first `old` of one file reads `new`."""
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new, 1)}
