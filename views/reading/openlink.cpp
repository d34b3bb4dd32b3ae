// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reading/openlink.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QMessageBox>
#include <QPushButton>
#include <QUrl>

namespace turnstone {

using namespace Qt::StringLiterals;

void askToOpenLink(const QString &text, QWidget *parent)
{
    const QUrl link(text);
    static const QStringList schemes = {u"http"_s, u"https"_s, u"mailto"_s};
    if (!schemes.contains(link.scheme()))
        return;
    const auto words = [](const char *source) { return QCoreApplication::translate("OpenLink", source); };
    auto *question = new QMessageBox(QMessageBox::NoIcon, words("Open a link"), link.toDisplayString(), QMessageBox::Cancel, parent);
    question->setObjectName(u"openLink"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(words("The link comes from the database. It opens in your browser."));
    const QPushButton *open = question->addButton(words("Open the link"), QMessageBox::AcceptRole);
    QObject::connect(open, &QPushButton::clicked, question, [link] { QDesktopServices::openUrl(link); });
    question->setModal(false);
    question->show();
}

} // namespace turnstone
