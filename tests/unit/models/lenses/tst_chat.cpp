// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/callrecord.h"
#include "models/lenses/chat.h"
#include "tests/unit/models/lenses/lensdatabase.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_Chat : public QObject
{
    Q_OBJECT

private slots:
    void theShapesInUseAreUnderstood_data();
    void theShapesInUseAreUnderstood();
    void resultsFollowTheirCalls();
    void argumentsKeepTheirDigits();
    void jsonInsideOfStringsIsUnwrapped();
    void brokenAndDeepJsonIsShownAsItIs();
    void aStoredCallIsReadWithUsageAndSiblings();
};

void tst_Chat::theShapesInUseAreUnderstood_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QStringList>("expected"); // role: text
    QTest::newRow("openai") << QByteArray(R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Voil\u00e0?"}])")
                            << QByteArray(R"({"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"Oui."}}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}})")
                            << QStringList{u"system: Be brief."_s, u"user: Voilà?"_s, u"assistant: Oui."_s};
    QTest::newRow("parts") << QByteArray(R"([{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"x"}}]}])") << QByteArray()
                           << QStringList{u"user: What is this?|{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}"_s};
    QTest::newRow("anthropic") << QByteArray(R"({"system":"Be kind.","messages":[{"role":"user","content":"Hello"}]})")
                               << QByteArray(R"({"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Hello."}],"stop_reason":"end_turn"})")
                               << QStringList{u"system: Be kind."_s, u"user: Hello"_s, u"assistant: Hm.|Hello."_s};
    QTest::newRow("gemini") << QByteArray(R"({"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]}]})") << QByteArray(R"({"candidates":[{"content":{"role":"model","parts":[{"text":"c"}]}}]})")
                            << QStringList{u"user: a|b"_s, u"model: c"_s};
    QTest::newRow("kobold") << QByteArray("Once upon a time") << QByteArray(R"({"results":[{"text":" there was"}]})") << QStringList{u"user: Once upon a time"_s, u"assistant:  there was"_s};
    QTest::newRow("text") << QByteArray("Question") << QByteArray("Answer") << QStringList{u"user: Question"_s, u"assistant: Answer"_s};
    QTest::newRow("nothing") << QByteArray() << QByteArray("null") << QStringList();
    QTest::newRow("wrapped") << QByteArray(R"("[{\"role\":\"user\",\"content\":\"Hi\"}]")") << QByteArray() << QStringList{u"user: Hi"_s};
}

void tst_Chat::theShapesInUseAreUnderstood()
{
    QFETCH(QByteArray, messages);
    QFETCH(QByteArray, response);
    QFETCH(QStringList, expected);
    const Chat chat = decodeChat(messages, response);
    QStringList found;
    for (const ChatMessage &message : chat.messages) {
        QStringList texts;
        for (const ChatPart &part : message.parts)
            texts.append(part.text);
        found.append(message.role + u": "_s + texts.join(u'|'));
    }
    QCOMPARE(found, expected);
    QVERIFY(chat.undecoded.isEmpty());
}

void tst_Chat::resultsFollowTheirCalls()
{
    const Chat chat = decodeChat(R"([{"role":"user","content":"Weather?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"weather","arguments":"{\"city\":\"Basel\"}"}},{"id":"b","function":{"name":"time","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"b","content":"noon"},{"role":"tool","tool_call_id":"a","content":"rain"}])", R"({"choices":[{"message":{"role":"assistant","content":"It rains."}}]})");
    QCOMPARE(chat.messages.size(), 3U);
    const std::vector<ChatPart> &parts = chat.messages[1].parts;
    QCOMPARE(parts.size(), 4U);
    QCOMPARE(parts[0].kind, ChatPart::Kind::ToolCall);
    QCOMPARE(parts[0].text, uR"({"city":"Basel"})"_s);
    QCOMPARE(parts[1].kind, ChatPart::Kind::ToolResult);
    QCOMPARE(parts[1].text, u"rain"_s);
    QCOMPARE(parts[1].name, u"weather"_s);
    QCOMPARE(parts[3].text, u"noon"_s);

    const Chat anthropic = decodeChat(R"([{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"add","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"2"}]}]}])", {});
    QCOMPARE(anthropic.messages.size(), 1U);
    QCOMPARE(anthropic.messages[0].parts[1].text, u"2"_s);
    QCOMPARE(anthropic.messages[0].parts[1].name, u"add"_s);
}

void tst_Chat::argumentsKeepTheirDigits()
{
    const Chat chat = decodeChat(R"([{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"pay","input":{"amount":12345678901234567890.100, "x":1e400}}]}])", {});
    QCOMPARE(chat.messages[0].parts[0].text, uR"({"amount":12345678901234567890.100, "x":1e400})"_s);
}

void tst_Chat::jsonInsideOfStringsIsUnwrapped()
{
    QCOMPARE(unwrappedJson(R"("{\"a\":1}")"), QByteArray(R"({"a":1})"));
    QCOMPARE(unwrappedJson(R"("\"[1,2]\"")"), QByteArray("[1,2]"));
    QCOMPARE(unwrappedJson(R"("just words")"), QByteArray("just words"));
    QCOMPARE(unwrappedJson(R"("broken)"), QByteArray(R"("broken)"));
    QCOMPARE(unwrappedJson("{}"), QByteArray("{}"));
}

void tst_Chat::brokenAndDeepJsonIsShownAsItIs()
{
    const Chat broken = decodeChat(R"([{"role": "user", )", {});
    QCOMPARE(broken.messages[0].parts[0].text, uR"([{"role": "user", )"_s);
    const Chat other = decodeChat(R"({"temperature": 0.7})", {});
    QCOMPARE(other.undecoded, uR"({"temperature": 0.7})"_s);
    QByteArray deep;
    for (int i = 0; i < 100'000; ++i)
        deep += R"({"messages":)";
    deep += "[]" + QByteArray(100'000, '}');
    QVERIFY(!decodeChat(deep, {}).undecoded.isEmpty());
    QByteArray tools = R"([{"role":"user","content":)";
    for (int i = 0; i < 50'000; ++i)
        tools += R"([{"type":"tool_result","content":)";
    tools += "1";
    for (int i = 0; i < 50'000; ++i)
        tools += "}]";
    QVERIFY(!decodeChat(tools + "}]", {}).messages.empty());
}

void tst_Chat::aStoredCallIsReadWithUsageAndSiblings()
{
    const LensDatabase database(u"mindgames-arena"_s);
    const Lens *lens = callLensFor(*database.system->context.profile, u"llm_calls"_s);
    QVERIFY(lens);
    const Result<CallRecord> call = readCall(database.scope(), *lens, {Value::integer(2)});
    QVERIFY2(call, call ? "" : qPrintable(call.error().message + call.error().detail));
    QCOMPARE(call->siblings.size(), 2U);
    QCOMPARE(call->place, 1);
    QCOMPARE(call->chat.messages.back().isResponse, true);
    QCOMPARE(call->chat.messages.front().role, u"system"_s);
    QVERIFY(call->chat.messages.front().parts.front().text.contains(u"Voilà"_s));
    QCOMPARE(QString::number(*call->tokens), database.text(u"SELECT total_tokens_consumed FROM llm_calls WHERE id = 2"_s));
    QCOMPARE(*call->tokensIn + *call->tokensOut, *call->tokens);
    QVERIFY(call->sent && call->received && *call->received > *call->sent);
    QCOMPARE(call->chat.finish, u"stop"_s);
    QCOMPARE(readCall(database.scope(), *lens, {Value::integer(-5)}).error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(tst_Chat)
#include "tst_chat.moc"
