@main struct Shell { static func main() {} }
